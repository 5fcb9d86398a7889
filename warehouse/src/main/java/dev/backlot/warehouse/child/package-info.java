/** Processes that run DuckDB beside this one. */
@NullMarked
package dev.backlot.warehouse.child;

import org.jspecify.annotations.NullMarked;
