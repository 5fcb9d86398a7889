package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a careful owner of a database changes, though capture runs without. Statements stand as in
 * {@link Missing}. Reads only. For one thread.
 */
public final class Advice {
  private static final long MEGABYTE = 1L << 20;
  private static final long WORK_MEMORY_KB = 64 * 1024;
  private static final Pattern ANY_STANDBY = Pattern.compile("(^|[(,\\s])\"?\\*\"?($|[),\\s])");

  private final Connection connection;
  private final ConnectionSpec spec;
  private final Map<String, String> settings = new HashMap<>();
  private final List<String> advice = new ArrayList<>();

  private Advice(Connection connection, ConnectionSpec spec) {
    this.connection = connection;
    this.spec = spec;
  }

  /** Returns what should be changed, most important first; nothing when all is well. */
  public static List<String> of(Connection connection, ConnectionSpec spec) throws SQLException {
    List<String> advice = new ArrayList<>(ofRetention(connection, spec));
    advice.addAll(ofSettings(connection, spec));
    return List.copyOf(advice);
  }

  /** Returns what should be changed about the log that the server keeps while nobody reads it. */
  static List<String> ofRetention(Connection connection, ConnectionSpec spec) throws SQLException {
    Advice advice = new Advice(connection, spec);
    advice.read();
    advice.retention();
    return List.copyOf(advice.advice);
  }

  /** Returns what else should be changed. */
  static List<String> ofSettings(Connection connection, ConnectionSpec spec) throws SQLException {
    Advice advice = new Advice(connection, spec);
    advice.read();
    advice.timeouts();
    advice.standbys();
    advice.memory();
    advice.waits();
    advice.lostSlot();
    return List.copyOf(advice.advice);
  }

  private void read() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT name, setting FROM pg_catalog.pg_settings
                WHERE name IN ('max_slot_wal_keep_size', 'wal_sender_timeout', 'synchronous_standby_names',
                  'logical_decoding_work_mem', 'idle_replication_slot_timeout')
                """);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
  }

  private void retention() {
    long kept = number("max_slot_wal_keep_size", -1);
    long limit = Math.max(1, spec.wal().limitBytes() / MEGABYTE);
    long wanted = limit + limit / 5;
    String run = change("max_slot_wal_keep_size", "'" + wanted + "MB'");
    if (kept < 0) {
      say(
          "while capture is down, nothing bounds the log that the server keeps for it, which can"
              + " fill its disk. "
              + run);
    } else if (kept < limit) {
      say(
          "the server keeps "
              + kept
              + " MB of log at most, less than wal.limit; a capture that falls behind by more must"
              + " begin anew, with new dumps. Lower wal.limit, or run: "
              + run.substring("Run: ".length()));
    }
  }

  private void timeouts() {
    if (number("wal_sender_timeout", 1) == 0) {
      say(
          "the server never gives up a connection whose other end is gone. "
              + change("wal_sender_timeout", "'60s'"));
    }
    if (number("idle_replication_slot_timeout", 0) > 0) {
      say(
          "the server invalidates slots that nobody has read from for a while, so that a capture"
              + " which was down for so long must begin anew. "
              + change("idle_replication_slot_timeout", "0"));
    }
  }

  private void standbys() {
    String names = settings.getOrDefault("synchronous_standby_names", "");
    if (ANY_STANDBY.matcher(names).find()) {
      say(
          "synchronous_standby_names = '"
              + names
              + "' takes capture for a synchronous standby too: commits of the application may"
              + " then wait for Kafka. Name the standbys instead of '*'.");
    }
  }

  private void memory() {
    long kilobytes = number("logical_decoding_work_mem", WORK_MEMORY_KB);
    if (kilobytes < WORK_MEMORY_KB) {
      say(
          "transactions with more than "
              + kilobytes
              + " kB of changes are written to the server's disk a second time while they are"
              + " decoded. "
              + change("logical_decoding_work_mem", "'64MB'"));
    }
  }

  /** A slot is there only once all transactions that ran before have ended. */
  private void waits() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT p.gid FROM pg_catalog.pg_prepared_xacts p
            WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = ?)
            ORDER BY p.prepared LIMIT 1
            """)) {
      statement.setString(1, Publication.name(spec.name()));
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          say(
              "the prepared transaction "
                  + SqlText.literal(row.getString(1))
                  + " is open, and capture can't begin before it has ended. Commit it, or run:"
                  + " ROLLBACK PREPARED "
                  + SqlText.literal(row.getString(1))
                  + ";");
        }
      }
    }
  }

  private void lostSlot() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT s.slot_name FROM pg_catalog.pg_replication_slots s
            WHERE s.slot_name = ? AND s.database = pg_catalog.current_database()
              AND (coalesce(s.wal_status = 'lost', false) OR s.restart_lsn IS NULL)
            """)) {
      statement.setString(1, Publication.name(spec.name()));
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          say(
              "the server has removed log that the replication slot "
                  + row.getString(1)
                  + " still needed. Once the connection is applied, run `./backlot recapture"
                  + " connection "
                  + spec.name()
                  + "`; when it was never captured, run: SELECT pg_drop_replication_slot("
                  + SqlText.literal(row.getString(1))
                  + ");");
        }
      }
    }
  }

  private long number(String setting, long otherwise) {
    return Long.parseLong(settings.getOrDefault(setting, String.valueOf(otherwise)));
  }

  private static String change(String setting, String value) {
    return "Run: ALTER SYSTEM SET " + setting + " = " + value + "; SELECT pg_reload_conf();";
  }

  private void say(String text) {
    advice.add("Connection '" + spec.name() + "': " + text);
  }
}
