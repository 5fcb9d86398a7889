package dev.backlot.warehouse.query;

/** Pieces of DuckDB's SQL. */
final class DuckSql {
  private DuckSql() {}

  /** Returns a text literal. */
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** Returns a quoted identifier. */
  static String id(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
