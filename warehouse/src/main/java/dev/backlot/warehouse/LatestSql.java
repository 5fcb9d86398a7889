package dev.backlot.warehouse;

import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The query of a business view: the newest live row per key.
 *
 * <p>Three things end a version of a row. A newer version of its key: the higher (epoch, offset) in
 * its Source, then the later {@code _ts}; under a key shared by several Sources, the later {@code
 * _ts}. A truncation ({@code _op = 't'}), which stands once in every partition and ends what
 * precedes it there. And a higher epoch of its Source: a rebuilt topic holds the whole Source
 * again, so nothing of an older epoch is live once a row of the newer one is in the table. A key
 * whose newest version is a delete is absent. Dead rows are removed before versions are compared,
 * since under a shared key the newest row by time may have been truncated in its own Source.
 *
 * <p>Rows without a key are counted: each delete ends one row of its Source with the same values,
 * wherever it stands, since a dump writes rows behind deletes of them. The last ones stay.
 */
final class LatestSql {
  private static final String EPOCH = "backlot_epoch";
  private static final String END = "backlot_end";
  private static final String RANK = "backlot_rank";
  private static final String DELETES = "backlot_deletes";

  private final Dialect dialect;
  private final String table;
  private final List<String> columns;
  private final List<String> key;
  private final VersionOrder order;

  /** A flavour of SQL. */
  enum Dialect {
    TRINO('"'),
    SPARK('`'),
    DUCKDB('"');

    private final char quote;

    Dialect(char quote) {
      this.quote = quote;
    }

    /** Returns a map as this dialect can compare it. */
    String comparable(String map) {
      return this == TRINO
          ? map
          : "CAST(" + map + " AS " + (this == SPARK ? "STRING" : "VARCHAR") + ")";
    }

    String id(String name) {
      return quote + name.replace("" + quote, "" + quote + quote) + quote;
    }
  }

  /**
   * Describes a view.
   *
   * @param table the table as the dialect names it, quoted
   * @param columns all columns of the table, as this dialect's engine names them
   * @param key the key columns among them; empty counts rows by their values
   */
  LatestSql(
      Dialect dialect, String table, List<String> columns, List<String> key, VersionOrder order) {
    this.dialect = dialect;
    this.table = table;
    this.columns = List.copyOf(columns);
    this.key = List.copyOf(key);
    this.order = order;
  }

  /** What can end a row besides a newer version of its key. */
  enum Ending {
    HIGHER_EPOCH,
    TRUNCATION
  }

  /** Returns the query for rows that anything may have ended. */
  String render() {
    return render(EnumSet.allOf(Ending.class));
  }

  /** Returns the query for rows of which some kinds of ending are known not to occur. */
  String render(Set<Ending> endings) {
    StringBuilder live = new StringBuilder("SELECT ");
    live.append(columns.stream().map(c -> "r." + dialect.id(c)).collect(Collectors.joining(", ")));
    live.append(", ").append(key.isEmpty() ? number() : rank()).append(" AS ").append(RANK);
    if (key.isEmpty()) {
      live.append(", sum(CASE WHEN r._op = 'd' THEN 1 ELSE 0 END) OVER (PARTITION BY ")
          .append(values())
          .append(") AS ")
          .append(DELETES);
    }
    live.append(" FROM ").append(table).append(" r");
    if (endings.contains(Ending.HIGHER_EPOCH)) {
      live.append(" JOIN (SELECT _source, max(_epoch) AS " + EPOCH + " FROM ")
          .append(table)
          .append(" GROUP BY _source) e ON r._source = e._source AND r._epoch = e." + EPOCH);
    }
    if (endings.contains(Ending.TRUNCATION)) {
      live.append(" LEFT JOIN (SELECT _source, _epoch, _partition, max(_offset) AS " + END)
          .append(" FROM ")
          .append(table)
          .append(" WHERE _op = 't' GROUP BY _source, _epoch, _partition) t")
          .append(" ON r._source = t._source AND r._epoch = t._epoch")
          .append(" AND r._partition = t._partition")
          .append(" WHERE r._op <> 't' AND (t." + END + " IS NULL OR r._offset > t." + END + ")");
    }
    return "SELECT "
        + columns.stream().map(dialect::id).collect(Collectors.joining(", "))
        + " FROM ("
        + live
        + ") v WHERE "
        + RANK
        + (key.isEmpty() ? " > " + DELETES : " = 1")
        + " AND "
        + "_op <> 'd'";
  }

  /** What tells rows without a key apart. */
  private String values() {
    List<String> partition = new ArrayList<>(List.of("r._source"));
    for (String column : columns) {
      if (!TableShape.isSystem(column)) {
        partition.add("r." + dialect.id(column));
      }
    }
    partition.add(dialect.comparable("r._exact"));
    return String.join(", ", partition);
  }

  private String number() {
    return "ROW_NUMBER() OVER (PARTITION BY "
        + values()
        + ", r._op = 'd' ORDER BY r._source_ts, r._partition, r._offset)";
  }

  private String rank() {
    List<String> partition = new ArrayList<>();
    if (order == VersionOrder.OFFSET) {
      partition.add("r._source");
    }
    for (String column : key) {
      if (!column.equals("_source")) {
        partition.add("r." + dialect.id(column));
      }
    }
    String newest =
        order == VersionOrder.OFFSET
            ? "r._epoch DESC, r._offset DESC, r._ts DESC"
            : "r._ts DESC, r._source_ts DESC, r._epoch DESC, r._offset DESC, r._source";
    return "ROW_NUMBER() OVER (PARTITION BY "
        + String.join(", ", partition)
        + " ORDER BY "
        + newest
        + ")";
  }
}
