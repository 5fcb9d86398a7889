package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.capture.predicate.PredicateParser;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Estimate;
import dev.backlot.metadata.DumpStore.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a dump asks the database before it reads: about how many rows there are, and where a large
 * table can be split. Over a connection of its own; for one thread.
 */
final class DumpCatalog implements AutoCloseable {
  /** Smaller tables are read before a second reader could be of use. */
  private static final long SPLIT_ROWS = 200_000;

  private static final String SPLIT = "backlot.capture.split_rows";

  private static final int SAMPLED_ROWS = 20_000;
  private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\":\\s*(\\d+)");

  private final Connection connection;
  private final Catalog catalog;
  private final TableShapes shapes;

  DumpCatalog(SourceConnections connections) throws SQLException {
    this.connection = connections.open();
    this.catalog = new Catalog(connection);
    this.shapes = new TableShapes(catalog);
  }

  /** How a dump begins, or goes on. */
  record Beginning(String keyTypes, Estimate estimate, List<DumpRange> ranges) {}

  Snapshot snapshot() throws SQLException {
    return catalog.snapshot();
  }

  /**
   * Finds out how a dump begins.
   *
   * @param parallel how many ranges a large table is split into
   * @throws dev.backlot.model.ProblemException when the table or its key is gone
   */
  Beginning beginning(Dump dump, CapturedTable table, int parallel) throws SQLException {
    Catalog.Table found = catalog.table(table.id()).orElseThrow(() -> Keys.gone(table));
    List<Catalog.Column> columns = catalog.columns(found.oid());
    Keys.check(table, columns);
    TableShape shape = shapes.shape(table.source(), columns, table.keyColumns());
    String keyTypes = dump.keyTypes().isEmpty() ? Keys.types(shape) : dump.keyTypes();
    Estimate estimate = estimate(dump, table.id(), shape);
    return new Beginning(keyTypes, estimate, ranges(dump, table.id(), shape, estimate, parallel));
  }

  private Estimate estimate(Dump dump, TableId table, TableShape shape) throws SQLException {
    if (dump.keys().isPresent()) {
      return new Estimate(OptionalLong.of(dump.keys().get().size()), "keys");
    }
    OptionalLong rows = statistics(table);
    if (rows.isEmpty() || dump.predicate().isEmpty()) {
      return rows.isEmpty() ? Estimate.UNKNOWN : new Estimate(rows, "statistics");
    }
    String where =
        PredicateSql.render(
            PredicateParser.parse(
                dump.predicate(), new LinkedHashSet<>(shape.schema().fieldNames())));
    try (Statement statement = connection.createStatement();
        ResultSet plan =
            statement.executeQuery(
                "EXPLAIN (FORMAT JSON) SELECT 1 FROM " + table.sql() + " WHERE " + where)) {
      plan.next();
      Matcher matcher = PLAN_ROWS.matcher(plan.getString(1));
      return matcher.find()
          ? new Estimate(OptionalLong.of(Long.parseLong(matcher.group(1))), "planner")
          : Estimate.UNKNOWN;
    } catch (SQLException e) {
      // Reading will say what is wrong with it.
      return Estimate.UNKNOWN;
    }
  }

  /**
   * Returns what the last ANALYZE or VACUUM counted, scaled to the present size as the planner does
   * it; empty when a part was never counted.
   */
  private OptionalLong statistics(TableId table) throws SQLException {
    String sql =
        """
        SELECT CASE WHEN bool_or(c.reltuples < 0 AND s.bytes > 0) THEN NULL ELSE
          coalesce(sum(CASE WHEN c.relpages > 0 AND c.reltuples >= 0
            THEN c.reltuples / c.relpages * (s.bytes / b.bytes) ELSE greatest(c.reltuples, 0) END), 0)::bigint END
        FROM (SELECT CAST(? AS pg_catalog.regclass) AS root) r
        CROSS JOIN LATERAL (SELECT r.root AS oid UNION
          SELECT p.relid FROM pg_catalog.pg_partition_tree(r.root) p WHERE p.isleaf) parts
        JOIN pg_catalog.pg_class c ON c.oid = parts.oid AND c.relkind = 'r'
        CROSS JOIN LATERAL (SELECT pg_catalog.pg_relation_size(c.oid) AS bytes) s
        CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::bigint AS bytes) b
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long rows = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(rows);
      }
    }
  }

  private List<DumpRange> ranges(
      Dump dump, TableId table, TableShape shape, Estimate estimate, int parallel)
      throws SQLException {
    if (dump.keys().isPresent()) {
      return List.of(DumpRange.ofKeys(dump.keys().get(), dump.progress().doneKeys()));
    }
    List<DumpRange> ranges = new ArrayList<>();
    for (KeyRange range : dump.progress().ranges()) {
      ranges.add(DumpRange.of(range.after(), range.to(), range.done()));
    }
    boolean begun = !ranges.isEmpty() || dump.progress().lastKey().isPresent();
    if (!begun && parallel > 1 && estimate.rows().orElse(0) >= Long.getLong(SPLIT, SPLIT_ROWS)) {
      List<String> after = null;
      for (List<String> key : splits(table, shape, estimate.rows().orElse(1), parallel)) {
        ranges.add(DumpRange.of(after, key, false));
        after = key;
      }
      ranges.add(DumpRange.of(after, null, false));
    }
    return ranges.isEmpty()
        ? List.of(DumpRange.of(dump.progress().lastKey().orElse(null), null, false))
        : ranges;
  }

  /** Returns keys that split the table into parts of about the same size, by a sample of it. */
  private List<List<String>> splits(TableId table, TableShape shape, long rows, int parts)
      throws SQLException {
    double percent = Math.min(100, 100.0 * SAMPLED_ROWS / rows);
    String keys = Keys.columns(shape);
    String texts =
        Arrays.stream(shape.keyIndexes())
            .mapToObj(i -> "s." + Keys.column(shape, i) + "::pg_catalog.text")
            .collect(Collectors.joining(", "));
    String sql =
        "SELECT "
            + texts
            + " FROM (SELECT "
            + keys
            + ", pg_catalog.row_number() OVER (ORDER BY "
            + keys
            + ") AS \" place\", pg_catalog.count(*) OVER () AS \" count\" FROM "
            + table.sql()
            + " TABLESAMPLE SYSTEM ("
            + percent
            + ")) s WHERE (s.\" place\" * "
            + parts
            + ") / s.\" count\" > ((s.\" place\" - 1) * "
            + parts
            + ") / s.\" count\" AND s.\" place\" < s.\" count\" ORDER BY s.\" place\"";
    List<List<String>> splits = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        List<String> key = new ArrayList<>();
        for (int i = 1; i <= shape.keyIndexes().length; i++) {
          key.add(found.getString(i));
        }
        splits.add(key);
      }
    }
    return splits;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
