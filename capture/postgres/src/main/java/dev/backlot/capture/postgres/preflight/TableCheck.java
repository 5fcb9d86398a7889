package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TablePattern;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether single tables can be read whole, and why those that the document names are not captured.
 * Reads only. For one thread.
 */
public final class TableCheck {
  private final Connection connection;
  private final Missing missing;

  /** Asks over this connection. */
  public TableCheck(Connection connection, Missing missing) {
    this.connection = connection;
    this.missing = missing;
  }

  /** Checks that every row and column of a table can be read. */
  public void readable(Catalog.Table table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
              pg_catalog.has_table_privilege(c.oid, 'SELECT'),
              pg_catalog.has_any_column_privilege(c.oid, 'SELECT'),
              pg_catalog.row_security_active(c.oid)
            FROM pg_catalog.pg_class c WHERE c.oid = ?
            """)) {
      statement.setLong(1, table.oid() & 0xffffffffL);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          readable(table.id(), row);
        }
      }
    }
  }

  private void readable(TableId table, ResultSet row) throws SQLException {
    boolean enters = row.getBoolean(1);
    boolean reads = row.getBoolean(2);
    if (!enters || !reads) {
      missing.table(
          ProblemCode.CONNECTION_TABLE_NO_RIGHT,
          table,
          missing.user()
              + (enters && row.getBoolean(3)
                  ? " may read only some of its columns"
                  : " may not read it")
              + ". Run: "
              + (enters
                  ? ""
                  : "GRANT USAGE ON SCHEMA "
                      + SqlText.identifier(table.schema())
                      + " TO "
                      + missing.role()
                      + ";")
              + (enters || reads ? "" : " ")
              + (reads ? "" : "GRANT SELECT ON " + table.sql() + " TO " + missing.role() + ";"));
    }
    if (row.getBoolean(4)) {
      missing.table(
          ProblemCode.CONNECTION_TABLE_NO_RIGHT,
          table,
          "its row level security may hide rows from "
              + missing.user()
              + ". Run: ALTER ROLE "
              + missing.role()
              + " BYPASSRLS;");
    }
  }

  /** Returns a refusal again, with a cause and a next step as exact as the catalog allows. */
  public Problem exactly(String table, Problem refusal) throws SQLException {
    String cause =
        switch (refusal.code()) {
          case CONNECTION_TABLE_KEYLESS -> keyless(table);
          case CONNECTION_TABLE_MISSING -> missing(table);
          default -> null;
        };
    return cause == null
        ? refusal
        : Missing.table(missing.spec(), refusal.code(), table, cause).at(refusal.place());
  }

  private @Nullable String keyless(String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT c.relreplident,
              EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
                AND i.indisprimary AND i.indimmediate AND i.indisvalid),
              (SELECT pg_catalog.quote_ident(k.conname) FROM pg_catalog.pg_constraint k
                WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.condeferrable),
              (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.ord)
                FROM pg_catalog.pg_constraint k
                CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u(attnum, ord)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
                WHERE k.conrelid = c.oid AND k.contype = 'p'),
              (SELECT pg_catalog.min(pg_catalog.quote_ident(x.relname))
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid
                  AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey::pg_catalog.int2[]) u(attnum)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum
                    WHERE NOT a.attnotnull))
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = pg_catalog.to_regclass(?)
            """)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? keyless("ALTER TABLE " + table, row) : null;
      }
    }
  }

  private static @Nullable String keyless(String alter, ResultSet row) throws SQLException {
    String identity = row.getString(1);
    String deferrable = row.getString(3);
    String index = row.getString(5);
    if (row.getBoolean(2) && (identity.equals("n") || identity.equals("i"))) {
      return (identity.equals("n")
              ? "its replica identity is NOTHING, so the log does not tell its rows apart"
              : "the index of its replica identity is gone")
          + ". Run: "
          + alter
          + " REPLICA IDENTITY DEFAULT;";
    }
    if (index != null) {
      return "it has no primary key or replica identity. Run: "
          + alter
          + " REPLICA IDENTITY USING INDEX "
          + index
          + ";";
    }
    if (deferrable != null) {
      return "its primary key is deferrable, by which the log does not tell rows apart. Run: "
          + alter
          + " DROP CONSTRAINT "
          + deferrable
          + ", ADD PRIMARY KEY ("
          + row.getString(4)
          + ");";
    }
    return null;
  }

  private @Nullable String missing(String table) throws SQLException {
    TablePattern pattern = TablePattern.parse(table);
    TablePattern anyCase = TablePattern.parse(table.toLowerCase(Locale.ROOT));
    String similar = null;
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT n.nspname, c.relname, c.relkind, c.relpersistence, p.relname, pn.nspname
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_inherits i ON c.relispartition AND i.inhrelid = c.oid
                LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                  AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
                """);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String schema = rows.getString(1);
        TableId id =
            new TableId(schema.startsWith("pg_temp") ? "public" : schema, rows.getString(2));
        if (pattern.matches(id)) {
          return kind(rows);
        }
        TableId lower =
            new TableId(id.schema().toLowerCase(Locale.ROOT), id.table().toLowerCase(Locale.ROOT));
        similar = anyCase.matches(lower) ? quoted(id) : similar;
      }
    }
    return similar == null
        ? null
        : "the database has no such table, but one in another case. Write '"
            + similar
            + "' in tables.include.";
  }

  private static String kind(ResultSet row) throws SQLException {
    String parent = row.getString(5);
    if (parent != null) {
      String root = new TableId(row.getString(6), parent).toString();
      return "it is a partition of "
          + root
          + ", which is captured as a whole. Name "
          + root
          + " in tables.include instead.";
    }
    if (row.getString(4).equals("t")) {
      return "it is temporary, and the log does not tell of such tables. Take it out of"
          + " tables.include.";
    }
    return "it is "
        + Optional.ofNullable(
                Map.of("v", "a view", "m", "a materialized view", "S", "a sequence")
                    .get(row.getString(3)))
            .orElse("a foreign table")
        + ", and the log tells of tables only. Name the tables behind it in tables.include.";
  }

  private static String quoted(TableId id) {
    return quoted(id.schema()) + "." + quoted(id.table());
  }

  private static String quoted(String name) {
    return name.equals(name.toLowerCase(Locale.ROOT)) ? name : SqlText.identifier(name);
  }
}
