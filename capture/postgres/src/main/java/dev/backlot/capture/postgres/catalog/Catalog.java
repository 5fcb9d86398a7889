package dev.backlot.capture.postgres.catalog;

import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Questions to the catalog over one connection. For one thread. */
public final class Catalog {
  private static final int FIRST_USER_OID = 16_384;
  private static final int INT2VECTOR = 22;
  private static final int OIDVECTOR = 30;

  private final Connection connection;
  private final Map<Long, TypeInfo> builtIn = new HashMap<>();

  /** Asks over this connection, which stays the caller's. */
  public Catalog(Connection connection) {
    this.connection = connection;
  }

  /**
   * A table that can be published.
   *
   * @param identity {@code relreplident}: d, i, f or n
   * @param keyColumns the columns by which the log tells rows apart, in index order; empty when
   *     there are none
   * @param logged whether it is neither temporary nor unlogged
   * @param partitioned whether its rows are in partitions, which it stands for
   */
  public record Table(
      int oid,
      TableId id,
      char identity,
      List<String> keyColumns,
      boolean logged,
      boolean partitioned) {
    /** Copies what is mutable. */
    public Table {
      keyColumns = List.copyOf(keyColumns);
    }

    /** Returns whether updates and deletes tell the whole row as it was. */
    public boolean tellsWholeBefore() {
      return identity == 'f';
    }
  }

  /**
   * A column as it is stored.
   *
   * @param number its {@code attnum}, which a rename keeps; 0 where it is not known
   */
  public record Column(String name, int typeOid, int modifier, int number) {
    /** Returns whether both have the same name and type. */
    public boolean looksLike(Column other) {
      return name.equals(other.name) && typeOid == other.typeOid && modifier == other.modifier;
    }

    /** Returns the column with this number. */
    public Column numbered(int newNumber) {
      return new Column(name, typeOid, modifier, newNumber);
    }
  }

  /** Returns whether whoever is logged in may read the log. */
  public boolean mayReplicate() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT r.rolreplication OR r.rolsuper OR EXISTS (SELECT 1 FROM pg_catalog.pg_roles m
                  WHERE m.rolname = 'rds_replication' AND pg_catalog.pg_has_role(m.oid, 'MEMBER'))
                FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
                """);
        ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Returns the server's version, such as 160010. */
  public int version() throws SQLException {
    return connection.getMetaData().getDatabaseMajorVersion() * 10_000
        + connection.getMetaData().getDatabaseMinorVersion();
  }

  /** Returns all tables and partitioned roots that are not the system's, by name. */
  public List<Table> tables() throws SQLException {
    return tables(
        "NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'", null);
  }

  /** Returns the table of this identifier. */
  public Optional<Table> table(TableId id) throws SQLException {
    return tables("n.nspname = ? AND c.relname = ?", id).stream().findFirst();
  }

  private List<Table> tables(String where, @Nullable TableId id) throws SQLException {
    String sql =
        """
        SELECT c.oid, n.nspname, c.relname, c.relreplident, c.relpersistence = 'p', c.relkind = 'p',
          ARRAY(SELECT a.attname::text
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(attnum, ord)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = c.oid AND k.ord <= i.indnkeyatts AND i.indisvalid AND i.indimmediate
              AND CASE c.relreplident WHEN 'i' THEN i.indisreplident WHEN 'n' THEN false ELSE i.indisprimary END
            ORDER BY k.ord)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND\s"""
            + where
            + " ORDER BY n.nspname, c.relname";
    List<Table> tables = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (id != null) {
        statement.setString(1, id.schema());
        statement.setString(2, id.table());
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          tables.add(
              new Table(
                  (int) rows.getLong(1),
                  new TableId(rows.getString(2), rows.getString(3)),
                  rows.getString(4).charAt(0),
                  List.of((String[]) rows.getArray(7).getArray()),
                  rows.getBoolean(5),
                  rows.getBoolean(6)));
        }
      }
    }
    return tables;
  }

  /** Returns the stored columns of a table in order, as the log tells them. */
  public List<Column> columns(int tableOid) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT attname, atttypid, atttypmod, attnum FROM pg_catalog.pg_attribute
            WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            ORDER BY attnum
            """)) {
      statement.setLong(1, tableOid & 0xffffffffL);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(
              new Column(rows.getString(1), (int) rows.getLong(2), rows.getInt(3), rows.getInt(4)));
        }
      }
    }
    return columns;
  }

  /** Returns a column's type, domains resolved. */
  public TypeInfo type(int oid, int modifier) throws SQLException {
    long cacheKey = ((long) oid << 32) | (modifier & 0xffffffffL);
    TypeInfo known = builtIn.get(cacheKey);
    if (known != null) {
      return known;
    }
    TypeInfo type = readType(oid, modifier);
    if (oid > 0 && oid < FIRST_USER_OID) {
      builtIn.put(cacheKey, type);
    }
    return type;
  }

  private TypeInfo readType(int oid, int modifier) throws SQLException {
    String sql =
        """
        SELECT t.typtype, t.typbasetype, t.typtypmod,
          CASE WHEN t.typlen = -1 AND t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
            THEN t.typelem ELSE 0 END,
          p.proname, pg_catalog.format_type(t.oid, ?),
          ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_proc p ON p.oid = t.typsend WHERE t.oid = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, modifier);
      statement.setLong(2, oid & 0xffffffffL);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return new TypeInfo(oid, "unknown", modifier, List.of(), null, false);
        }
        if (row.getString(1).equals("d")) {
          int own = row.getInt(3);
          return type((int) row.getLong(2), own >= 0 ? own : modifier);
        }
        int element = oid == INT2VECTOR || oid == OIDVECTOR ? 0 : (int) row.getLong(4);
        String send = row.getString(5);
        String name = row.getString(6);
        List<String> labels = List.of((String[]) row.getArray(7).getArray());
        return new TypeInfo(
            oid,
            name,
            modifier,
            labels,
            element == 0 ? null : type(element, modifier),
            send != null && (send.equals("textsend") || send.equals("citextsend")));
      }
    }
  }

  /** Returns how many digits money has behind the point in this database. */
  public int moneyDigits() throws SQLException {
    return (int) number("SELECT pg_catalog.scale('0'::pg_catalog.money::pg_catalog.numeric)");
  }

  /** Returns the database's time. */
  public Instant now() throws SQLException {
    long micros =
        number("SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint");
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Returns the present snapshot. */
  public Snapshot snapshot() throws SQLException {
    return Snapshot.parse(text("SELECT pg_catalog.pg_current_snapshot()"));
  }

  /** Writes a message into the log that is decoded when its transaction commits, at once. */
  public void emitMessage(String content) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.pg_logical_emit_message(true, 'backlot', ?::pg_catalog.text)")) {
      statement.setString(1, content);
      statement.executeQuery().close();
    }
  }

  /** Executes a statement that has no answer. */
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A slot or a publication by which Backlot reads, or once read. */
  public record Trace(String kind, String name, String database, long retainedBytes) {}

  /**
   * Returns slots of this server, and publications of this database, that are called as ours are
   * and that nobody reads from now.
   */
  public List<Trace> traces() throws SQLException {
    List<Trace> traces = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT 'slot', s.slot_name, s.database,
                  coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.restart_lsn), 0)::pg_catalog.int8
                FROM pg_catalog.pg_replication_slots s
                WHERE s.slot_name ~ '^backlot_' AND s.plugin = 'pgoutput' AND NOT s.active
                UNION ALL
                SELECT 'publication', p.pubname, pg_catalog.current_database(), 0
                FROM pg_catalog.pg_publication p
                WHERE p.pubname ~ '^backlot_' AND NOT EXISTS (SELECT 1
                  FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = p.pubname AND s.active)
                ORDER BY 1 DESC, 2
                """)) {
      while (rows.next()) {
        traces.add(
            new Trace(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4)));
      }
    }
    return traces;
  }

  /** Returns the first column of the only row. */
  public String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Returns where the log is written now. */
  public long writePlace() throws SQLException {
    return number(
        "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::int8");
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }
}
