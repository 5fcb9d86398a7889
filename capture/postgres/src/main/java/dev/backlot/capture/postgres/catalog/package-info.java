/** What PostgreSQL's catalog says: tables, columns, types, publications, slots. */
@NullMarked
package dev.backlot.capture.postgres.catalog;

import org.jspecify.annotations.NullMarked;
