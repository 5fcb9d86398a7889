/** The Iceberg catalog {@code lake}: tables, their evolution, and their business views. */
@NullMarked
package dev.backlot.warehouse;

import org.jspecify.annotations.NullMarked;
