package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.checkup.TableFacts;
import dev.backlot.model.checkup.TableFacts.Column;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which tables a database has, and what capturing each would meet. Reads only. For one thread. */
final class TableSurvey {
  /** Databases with more tables are listed without columns, which would be most of the list. */
  private static final int MOST_WITH_COLUMNS = 3000;

  /** Of more keyless tables, the rest is told the general reason only. */
  private static final int MOST_EXACT_REASONS = 200;

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Connection connection;
  private final ConnectionSpec spec;
  private final Missing missing;

  TableSurvey(Connection connection, ConnectionSpec spec, Missing missing) {
    this.connection = connection;
    this.spec = spec;
    this.missing = missing;
  }

  /** What the catalog says beside key and identity. */
  private record Facts(
      Optional<Long> rows,
      Optional<Long> bytes,
      boolean enters,
      boolean reads,
      boolean hidden,
      boolean owned,
      String comment) {}

  /** Returns every table and partitioned root that is not the system's, by name. */
  List<TableFacts> tables() throws SQLException {
    List<Catalog.Table> tables = new Catalog(connection).tables();
    Map<Long, Facts> facts = facts();
    Map<Long, List<Column>> columns =
        tables.size() <= MOST_WITH_COLUMNS ? columns() : new HashMap<>();
    Set<TableId> published = new Publication(connection, spec.name()).tables().orElse(Set.of());
    TableCheck check = new TableCheck(connection, missing);
    int exact = 0;
    List<TableFacts> all = new ArrayList<>();
    for (Catalog.Table table : tables) {
      long oid = table.oid() & 0xffffffffL;
      Facts known = facts.get(oid);
      if (known == null) {
        continue;
      }
      String keyless = "";
      if (table.keyColumns().isEmpty()) {
        Problem reason = keyless(table);
        keyless =
            (exact++ < MOST_EXACT_REASONS ? check.exactly(table.id().toString(), reason) : reason)
                .message();
      }
      all.add(
          new TableFacts(
              table.id().toString(),
              table.id().schema(),
              table.id().table(),
              known.rows(),
              known.bytes(),
              table.keyColumns(),
              identity(table.identity()),
              table.partitioned(),
              keyless,
              table.tellsWholeBefore(),
              obstacle(table, known, published.contains(table.id())),
              known.comment(),
              columns.getOrDefault(oid, List.of())));
    }
    return all;
  }

  private Problem keyless(Catalog.Table table) {
    return Missing.table(
        spec,
        ProblemCode.CONNECTION_TABLE_KEYLESS,
        table.id().toString(),
        "it has no primary key or replica identity. Run: ALTER TABLE "
            + table.id().shortest()
            + " ADD PRIMARY KEY (…);");
  }

  private static String identity(char identity) {
    return switch (identity) {
      case 'f' -> "full";
      case 'i' -> "index";
      case 'n' -> "nothing";
      default -> "default";
    };
  }

  private String obstacle(Catalog.Table table, Facts facts, boolean published) {
    TableId id = table.id();
    String role = missing.role();
    List<String> grants = new ArrayList<>();
    if (!facts.enters()) {
      grants.add("GRANT USAGE ON SCHEMA " + SqlText.identifier(id.schema()) + " TO " + role + ";");
    }
    if (!facts.reads()) {
      grants.add("GRANT SELECT ON " + id.sql() + " TO " + role + ";");
    }
    if (facts.hidden()) {
      grants.add("ALTER ROLE " + role + " BYPASSRLS;");
    }
    if (!grants.isEmpty()) {
      return missing.user() + " may not read every row of it. Run: " + String.join(" ", grants);
    }
    if (!table.logged()) {
      return "It is unlogged, so its changes are not in the log. Run: ALTER TABLE "
          + id.shortest()
          + " SET LOGGED;";
    }
    if (!facts.owned() && !published) {
      return missing.user()
          + " may not publish it, since others own it. Make the user a member of its owner, or let"
          + " an administrator make the publication.";
    }
    return "";
  }

  private Map<Long, Facts> facts() throws SQLException {
    execute("SET lock_timeout = '1s'");
    try {
      return facts("pg_catalog.pg_relation_size(p.oid)");
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        // a table is being altered: its size as of the last VACUUM must do
        return facts("p.relpages::pg_catalog.int8 * b.bytes");
      }
      throw e;
    } finally {
      execute("SET lock_timeout = 0");
    }
  }

  private Map<Long, Facts> facts(String size) throws SQLException {
    String sql =
        """
        SELECT c.oid, x.rows, x.bytes,
          pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
          pg_catalog.has_table_privilege(c.oid, 'SELECT'), pg_catalog.row_security_active(c.oid),
          pg_catalog.pg_has_role(c.relowner, 'USAGE'),
          coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes) b
        CROSS JOIN LATERAL (
          SELECT sum(q.bytes)::pg_catalog.int8 AS bytes,
            CASE WHEN bool_or(q.reltuples < 0 AND q.bytes > 0) THEN NULL ELSE
              coalesce(sum(CASE WHEN q.relpages > 0 AND q.reltuples >= 0
                THEN q.reltuples / q.relpages * (q.bytes / b.bytes)
                ELSE greatest(q.reltuples, 0) END), 0)::pg_catalog.int8 END AS rows
          FROM (SELECT p.reltuples, p.relpages, %s AS bytes FROM pg_catalog.pg_class p
            WHERE p.oid IN (SELECT c.oid WHERE c.relkind = 'r' UNION ALL
              SELECT t.relid FROM pg_catalog.pg_partition_tree(
                CASE WHEN c.relkind = 'p' THEN c.oid END) t WHERE t.isleaf)
              AND p.relkind = 'r') q) x
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
          AND n.nspname <> 'information_schema'
        """
            .formatted(size);
    Map<Long, Facts> facts = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        facts.put(
            rows.getLong(1),
            new Facts(
                number(rows, 2),
                number(rows, 3),
                rows.getBoolean(4),
                rows.getBoolean(5),
                rows.getBoolean(6),
                rows.getBoolean(7),
                rows.getString(8)));
      }
    }
    return facts;
  }

  private static Optional<Long> number(ResultSet rows, int column) throws SQLException {
    @Nullable Object value = rows.getObject(column);
    return value instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
  }

  private Map<Long, List<Column>> columns() throws SQLException {
    Map<Long, List<Column>> columns = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
                FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
                  AND n.nspname <> 'information_schema'
                  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY a.attrelid, a.attnum
                """)) {
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getLong(1), any -> new ArrayList<>())
            .add(new Column(rows.getString(2), rows.getString(3)));
      }
    }
    return columns;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
