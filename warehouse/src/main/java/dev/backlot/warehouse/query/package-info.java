/**
 * SQL over the lake's tables and views, in DuckDB child processes that can read the tables' files
 * and nothing else.
 */
@NullMarked
package dev.backlot.warehouse.query;

import org.jspecify.annotations.NullMarked;
