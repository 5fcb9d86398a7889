package dev.backlot.checker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL table, read as texts that PostgreSQL itself made.
 *
 * @param schema as written in the database
 * @param table as written in the database
 * @param columns name → type, in table order
 * @param key the primary key's columns, in key order
 */
public record SourceTable(
    String schema, String table, Map<String, ColumnType> columns, List<String> key) {

  /**
   * A column's type.
   *
   * @param name as {@code format_type} writes it, an array's element's for an array
   * @param category {@code pg_type.typtype} of the (element's base) type, such as {@code e} for an
   *     enum
   * @param array whether it is an array
   */
  public record ColumnType(String name, String category, boolean array) {
    boolean is(String prefix) {
      return name.equals(prefix) || name.startsWith(prefix + "(") || name.startsWith(prefix + " ");
    }
  }

  /** Reads columns and key from the system catalogs. */
  public static SourceTable describe(Connection connection, String schema, String table)
      throws SQLException {
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    String sql =
        """
        SELECT a.attname,
               format_type(CASE WHEN t.typcategory = 'A' THEN t.typelem WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END,
                           a.atttypmod),
               coalesce(e.typtype, t.typtype), t.typcategory = 'A'
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
        WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.put(
              rows.getString(1),
              new ColumnType(rows.getString(2), rows.getString(3), rows.getBoolean(4)));
        }
      }
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("no table " + schema + "." + table);
    }
    return new SourceTable(schema, table, columns, key(connection, schema, table));
  }

  private static List<String> key(Connection connection, String schema, String table)
      throws SQLException {
    List<String> key = new ArrayList<>();
    String sql =
        """
        SELECT a.attname
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE i.indisprimary AND n.nspname = ? AND c.relname = ?
        ORDER BY k.place
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          key.add(rows.getString(1));
        }
      }
    }
    return key;
  }

  /** Receives one row: column → PostgreSQL's text, null for NULL. */
  public interface RowConsumer {
    void accept(Map<String, String> row);
  }

  /**
   * Reads every row that fulfils a condition, in one transaction.
   *
   * @param where an SQL predicate, or {@code true}
   */
  public void read(Connection connection, String where, RowConsumer consumer) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';"
              + " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1");
      statement.setFetchSize(500);
      List<String> names = List.copyOf(columns.keySet());
      try (ResultSet rows = statement.executeQuery(select(where))) {
        while (rows.next()) {
          Map<String, String> row = new LinkedHashMap<>();
          for (int i = 0; i < names.size(); i++) {
            row.put(names.get(i), rows.getString(i + 1));
          }
          consumer.accept(row);
        }
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private String select(String where) {
    List<String> terms = new ArrayList<>();
    columns.forEach((name, type) -> terms.add(term(quote(name), type)));
    return "SELECT "
        + String.join(", ", terms)
        + " FROM "
        + quote(schema)
        + "."
        + quote(table)
        + " WHERE "
        + where;
  }

  private static String term(String column, ColumnType type) {
    if (type.is("interval") && !type.array()) {
      // the three parts of an interval are kept apart, since no text of it says them uniformly
      return "CASE WHEN %1$s IS NULL THEN NULL ELSE (extract(year FROM %1$s) * 12 + extract(month FROM %1$s))::bigint || ' ' || extract(day FROM %1$s)::bigint || ' ' || (extract(hour FROM %1$s)::numeric * 3600000000 + extract(minute FROM %1$s)::numeric * 60000000 + extract(microseconds FROM %1$s)::numeric)::bigint END"
          .formatted(column);
    }
    if (type.is("money")) {
      return column + "::numeric::text";
    }
    if (!type.array()) {
      // what the type's output function writes; a cast to text takes padding away and adds net
      // masks
      return "CASE WHEN %1$s IS NOT NULL THEN format('%%s', %1$s) END".formatted(column);
    }
    return column + "::text";
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
