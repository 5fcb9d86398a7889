package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the server as a whole must allow. Reads only. For one thread. */
public final class ServerCheck {
  private static final int OLDEST_VERSION = 140_000;
  private static final int SPARE = 10;
  private static final String OURS = "backlot";

  private final Connection connection;
  private final Missing missing;
  private final Catalog catalog;

  /** Asks over this connection. */
  public ServerCheck(Connection connection, Missing missing) {
    this.connection = connection;
    this.missing = missing;
    this.catalog = new Catalog(connection);
  }

  /** Returns whether the server is new enough for the other checks to make sense. */
  public boolean versionIsKnown() throws SQLException {
    long version = number("SHOW server_version_num");
    if (version >= OLDEST_VERSION) {
      return true;
    }
    missing.connection(
        ProblemCode.CONNECTION_VERSION_UNSUPPORTED,
        "the server is PostgreSQL "
            + version / 10_000
            + ", and 14 is the oldest that can be captured. Upgrade it.");
    return false;
  }

  /** Checks settings, rights, slots and senders. */
  public void run(SourceConnections connections) throws SQLException {
    standby();
    walLevel();
    boolean streaming = slot();
    replicationRight();
    if (!streaming) {
      sender(connections);
    }
    functions();
  }

  /** Checks that the log tells changes of rows. */
  void walLevel() throws SQLException {
    String walLevel = catalog.text("SHOW wal_level");
    if (!walLevel.equals("logical")) {
      missing.connection(
          ProblemCode.CONNECTION_WAL_LEVEL,
          "the server's wal_level is '"
              + walLevel
              + "', and changes can only be told from 'logical'. Run: ALTER SYSTEM SET wal_level ="
              + " 'logical'; and restart the server.");
    }
  }

  /** Checks that whoever logs in may read the log. */
  void replicationRight() throws SQLException {
    if (!catalog.mayReplicate()) {
      missing.add(noReplicationRight(missing.spec()));
    }
  }

  /** Says that whoever logs in may not read the log. */
  public static Problem noReplicationRight(ConnectionSpec spec) {
    return Problem.of(
        ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
        "Cannot capture connection '"
            + spec.name()
            + "': user '"
            + spec.config().user()
            + "' may not replicate. Run: ALTER ROLE "
            + SqlText.identifier(spec.config().user())
            + " REPLICATION;");
  }

  /** Checks that the server is a primary. */
  void standby() throws SQLException {
    if (isTrue("SELECT pg_catalog.pg_is_in_recovery()")) {
      missing.connection(
          ProblemCode.CONNECTION_STANDBY,
          "the server is a standby, and only a primary takes the publication and the marks of"
              + " dumps. Set config.host to the primary; to make this server the primary, run:"
              + " SELECT pg_promote();");
    }
  }

  /** Checks the slot, and returns whether our own capture streams from it now. */
  boolean slot() throws SQLException {
    String name = Publication.name(missing.spec().name());
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT coalesce(s.database, ''), coalesce(s.plugin, ''), s.slot_type, s.temporary,
              coalesce(s.active_pid, 0), coalesce(a.application_name, ''),
              s.database = pg_catalog.current_database()
            FROM pg_catalog.pg_replication_slots s
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = ?
            """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          freeSlot();
          return false;
        }
        String drop = "SELECT pg_drop_replication_slot(" + SqlText.literal(name) + ");";
        String subject = "the replication slot " + name + " ";
        String reader = row.getString(6);
        if (!row.getString(2).equals("pgoutput") || row.getBoolean(4)) {
          missing.connection(
              ProblemCode.CONNECTION_SLOT_TAKEN,
              subject
                  + "is not one that capture can use: it is "
                  + (row.getBoolean(4) ? "temporary, " : "")
                  + row.getString(3)
                  + (row.getString(2).isEmpty()
                      ? ""
                      : ", with the plugin '" + row.getString(2) + "'")
                  + ". Name this connection differently, or, when nobody needs the slot, run: "
                  + drop);
        } else if (!row.getBoolean(7)) {
          missing.connection(
              ProblemCode.CONNECTION_SLOT_TAKEN,
              subject
                  + "belongs to the database '"
                  + row.getString(1)
                  + "'. Name this connection differently, or, when nobody needs the slot, run: "
                  + drop);
        } else if (row.getInt(5) != 0 && !reader.isEmpty() && !reader.startsWith(OURS)) {
          missing.connection(
              ProblemCode.CONNECTION_SLOT_TAKEN,
              subject
                  + "is read by '"
                  + reader
                  + "', and what that reads is lost to capture. Stop it, or run: SELECT"
                  + " pg_terminate_backend("
                  + row.getInt(5)
                  + ");");
        }
        return row.getInt(5) != 0;
      }
    }
  }

  private void freeSlot() throws SQLException {
    long used = number("SELECT count(*) FROM pg_catalog.pg_replication_slots");
    long most = number("SHOW max_replication_slots");
    if (used >= most) {
      missing.connection(
          ProblemCode.CONNECTION_NO_SLOT_FREE,
          "all "
              + most
              + " replication slots are taken. Run: ALTER SYSTEM SET max_replication_slots = "
              + (most + SPARE)
              + "; and restart the server.");
    }
  }

  /** Checks that one more reader of the log is let in. Says nothing of one who may not read it. */
  void sender(SourceConnections connections) throws SQLException {
    if (!catalog.mayReplicate()) {
      return;
    }
    try (Connection replication = connections.openReplication(() -> {}, () -> {})) {
      replication.isValid(5);
    } catch (SQLException e) {
      if (!"53300".equals(e.getSQLState())) {
        missing.add(Refusal.of(missing.spec(), e).problems().get(0));
        return;
      }
      long most = number("SHOW max_wal_senders");
      missing.connection(
          ProblemCode.CONNECTION_NO_SENDER_FREE,
          "all "
              + most
              + " walsenders are taken. Run: ALTER SYSTEM SET max_wal_senders = "
              + (most + SPARE)
              + "; and restart the server.");
    }
  }

  /** Everyone has these rights unless someone took them away. */
  void functions() throws SQLException {
    List<String> lacking = new ArrayList<>();
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text FROM pg_catalog.pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
                  AND p.proname IN ('pg_logical_emit_message', 'pg_create_logical_replication_slot',
                    'pg_drop_replication_slot', 'pg_current_snapshot', 'pg_current_wal_lsn')
                  AND NOT 'bytea'::pg_catalog.regtype = ANY (p.proargtypes::pg_catalog.oid[])
                  AND NOT pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
                ORDER BY 1
                """);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        lacking.add(rows.getString(1));
      }
    }
    if (!lacking.isEmpty()) {
      missing.connection(
          ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
          missing.user()
              + " may not call functions that capture needs. Run: GRANT EXECUTE ON FUNCTION "
              + String.join(", ", lacking)
              + " TO "
              + missing.role()
              + ";");
    }
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(catalog.text(sql));
  }

  private boolean isTrue(String sql) throws SQLException {
    return "t".equals(catalog.text(sql));
  }
}
