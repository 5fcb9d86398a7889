package dev.backlot.warehouse.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a query process is asked to run, as JSON on the wire.
 *
 * @param sql the user's statement, already checked
 * @param shape how rows come back
 * @param views the tables that the statement names, each as a query over files, in the order in
 *     which they build on one another
 * @param masked whether somebody asks who may not see everything: views of other statements are
 *     then gone before this one runs
 * @param exact how to put exact texts back, or null when the statement's shape does not allow it
 */
record RunRequest(
    String sql, RowShape shape, List<ViewDefinition> views, boolean masked, @Nullable Exact exact) {

  /** A view to create in the child's catalog {@code lake}. */
  record ViewDefinition(String schema, String name, String sql) {}

  /**
   * The same statement with hidden columns behind the others: maps from column to exact text.
   *
   * @param statement the statement as DuckDB serializes it
   * @param probes queries that give a row when a table has exact texts at all; when none does, the
   *     plain statement runs
   * @param columns which result columns may be replaced
   * @param hidden how many columns are hidden
   */
  record Exact(String statement, List<String> probes, List<Source> columns, int hidden) {}

  /**
   * A result column with the map that may replace its values.
   *
   * @param column 0-based
   * @param hidden 0-based among the hidden columns
   * @param name the column's name in the table
   */
  record Source(int column, int hidden, String name) {}
}
