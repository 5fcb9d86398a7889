package dev.backlot.checker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.SourceTable.ColumnType;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Compares a PostgreSQL table with a target's view of it, row for row and value for value, and
 * looks for events that a raw table holds twice. Keeps the target's rows in memory as canonical
 * texts, so it is meant for tables of up to some hundred thousand rows.
 */
public final class Checker {
  private final Connection source;
  private final Target target;

  /**
   * Compares what the connection sees with what the target answers; the caller closes the
   * connection.
   */
  public Checker(Connection source, Target target) {
    this.source = source;
    this.target = target;
  }

  /**
   * Compares the rows of a table that fulfil a predicate with the rows of a view.
   *
   * @param where an SQL predicate for PostgreSQL, {@code true} for all
   * @param view the target's relation, with one row per live key
   * @param renamed source column → the view's column, for those that have another name
   */
  public Verdict compare(
      String schema, String table, String where, String view, Map<String, String> renamed)
      throws SQLException, IOException {
    SourceTable described = SourceTable.describe(source, schema, table);
    List<Difference> differences = new ArrayList<>();
    Map<List<String>, Map<String, String>> rows = new HashMap<>();
    Map<List<String>, Integer> seen = new HashMap<>();
    target.query("SELECT * FROM " + view, row -> collect(described, renamed, row, rows, seen));
    seen.forEach(
        (key, times) -> {
          if (times > 1) {
            differences.add(new Difference.Repeated(key, times));
          }
        });
    long targetRows = seen.values().stream().mapToLong(Integer::longValue).sum();
    long[] sourceRows = {0};
    described.read(
        source,
        where,
        row -> {
          sourceRows[0]++;
          compareRow(described, row, rows, differences);
        });
    rows.keySet().forEach(key -> differences.add(new Difference.Extra(key)));
    return new Verdict(sourceRows[0], targetRows, differences);
  }

  /**
   * Compares a table without a key with a view of as many equal rows: counts rows by all of their
   * values. A difference's key is the whole row.
   *
   * @param columns the source's columns that the view has
   */
  public Verdict compareCounted(
      String schema, String table, String where, String view, List<String> columns)
      throws SQLException, IOException {
    SourceTable described = SourceTable.describe(source, schema, table);
    Map<List<String>, Integer> counts = new HashMap<>();
    long[] targetRows = {0};
    target.query(
        "SELECT * FROM " + view,
        row -> {
          List<String> values = new ArrayList<>();
          for (String column : columns) {
            values.add(cut(Canonical.ofTarget(type(described, column), row.get(column))));
          }
          targetRows[0]++;
          counts.merge(values, 1, Integer::sum);
        });
    long[] sourceRows = {0};
    described.read(
        source,
        where,
        row -> {
          List<String> values = new ArrayList<>();
          for (String column : columns) {
            values.add(cut(Canonical.ofSource(type(described, column), row.get(column))));
          }
          sourceRows[0]++;
          counts.merge(values, -1, Integer::sum);
        });
    List<Difference> differences = new ArrayList<>();
    counts.forEach(
        (row, surplus) -> {
          for (int i = 0; i < Math.abs(surplus); i++) {
            differences.add(surplus < 0 ? new Difference.Missing(row) : new Difference.Extra(row));
          }
        });
    return new Verdict(sourceRows[0], targetRows[0], differences);
  }

  private static void collect(
      SourceTable described,
      Map<String, String> renamed,
      JsonNode row,
      Map<List<String>, Map<String, String>> rows,
      Map<List<String>, Integer> seen) {
    Map<String, String> values = new LinkedHashMap<>();
    described
        .columns()
        .forEach(
            (name, type) -> {
              JsonNode value = row.get(renamed.getOrDefault(name, name));
              values.put(
                  name, value == null ? "\u0000no such column" : Canonical.ofTarget(type, value));
            });
    List<String> key = described.key().stream().map(values::get).toList();
    rows.put(key, values);
    seen.merge(key, 1, Integer::sum);
  }

  private static void compareRow(
      SourceTable described,
      Map<String, String> row,
      Map<List<String>, Map<String, String>> rows,
      List<Difference> differences) {
    Map<String, String> expected = new LinkedHashMap<>();
    for (Map.Entry<String, ColumnType> column : described.columns().entrySet()) {
      expected.put(
          column.getKey(), Canonical.ofSource(column.getValue(), row.get(column.getKey())));
    }
    List<String> key = described.key().stream().map(expected::get).toList();
    Map<String, String> found = rows.remove(key);
    if (found == null) {
      differences.add(new Difference.Missing(key));
      return;
    }
    expected.forEach(
        (column, value) -> {
          String other = found.getOrDefault(column, Canonical.NULL);
          if (!value.equals(other)) {
            differences.add(new Difference.Unequal(key, column, cut(value), cut(other)));
          }
        });
  }

  /** Returns a difference for each event that stands in a raw table more than once. */
  public List<Difference> duplicates(String table) throws IOException {
    List<Difference> found = new ArrayList<>();
    target.query(
        "SELECT _source, _epoch, _partition, _offset, count(*) AS times FROM "
            + table
            + " GROUP BY _source, _epoch, _partition, _offset HAVING count(*) > 1",
        row ->
            found.add(
                new Difference.Duplicate(
                    row.path("_source").asText(),
                    row.path("_epoch").asLong(),
                    row.path("_partition").asLong(),
                    row.path("_offset").asLong(),
                    row.path("times").asLong())));
    return found;
  }

  private static String cut(String value) {
    return value.length() <= 200
        ? value
        : value.substring(0, 200) + "… (" + value.length() + " characters)";
  }

  /**
   * Compares from the command line: {@code JDBC_URL USER PASSWORD SCHEMA.TABLE VIEW BACKLOT_COMMAND
   * SERVER_URL}; exits with 1 on a difference.
   */
  public static void main(String[] arguments) throws SQLException, IOException {
    if (arguments.length != 7) {
      System.err.println(
          "usage: Checker JDBC_URL USER PASSWORD SCHEMA.TABLE VIEW BACKLOT_COMMAND SERVER_URL");
      System.exit(64);
    }
    String[] name = arguments[3].split("\\.", 2);
    Target target = new CommandTarget(java.nio.file.Path.of(arguments[5]), arguments[6]);
    try (Connection source =
        DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
      Verdict verdict =
          new Checker(source, target).compare(name[0], name[1], "true", arguments[4], Map.of());
      System.out.println(verdict);
      System.exit(verdict.equal() ? 0 : 1);
    }
  }

  private static ColumnType type(SourceTable table, String column) {
    return Objects.requireNonNull(
        table.columns().get(column), () -> "There is no column " + column);
  }
}
