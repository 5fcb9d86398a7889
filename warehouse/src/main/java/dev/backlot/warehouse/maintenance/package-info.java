/**
 * Keeps tables healthy beside their writers: fewer and larger files, only the versions of rows that
 * count, few snapshots, no forgotten files.
 */
@NullMarked
package dev.backlot.warehouse.maintenance;

import org.jspecify.annotations.NullMarked;
