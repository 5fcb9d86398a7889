package dev.backlot.capture.postgres.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.postgresql.replication.LogSequenceNumber;

/** A connection's replication slot, called as its publication is. For one thread. */
public final class Slot {
  private static final int WAIT_MILLIS = 100;
  private static final int WAITS = 100;
  private static final int FAILOVER_VERSION = 17;

  private final Connection connection;
  private final String name;

  /**
   * What the server says about a slot.
   *
   * @param activePid of the process that streams from it, 0 for none
   * @param lost whether log that it needs is gone
   * @param reason why it is lost, in the server's words; empty when it does not say
   * @param confirmed place up to which its owner has confirmed
   */
  public record Status(
      String database, int activePid, boolean lost, String reason, long confirmed) {}

  /**
   * What the server keeps for a slot.
   *
   * @param bytes of log from where the slot's reader would have to begin again
   * @param written bytes of log that the server has ever written
   * @param state the server's word: reserved, extended, unreserved or lost
   * @param left bytes that may still be written before the slot is lost; empty without a bound
   * @param most bytes that the server keeps for any slot (max_slot_wal_keep_size); empty without a
   *     bound
   */
  public record Retention(
      long bytes, long written, String state, OptionalLong left, OptionalLong most) {}

  /** Looks after the slot of a Backlot connection. */
  public Slot(Connection connection, String backlotConnection) {
    this.connection = connection;
    this.name = Publication.name(backlotConnection);
  }

  /** Returns the slot's name. */
  public String name() {
    return name;
  }

  /** Returns what the server says, unless there is no such slot. */
  public Optional<Status> status() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT database, coalesce(active_pid, 0), coalesce(wal_status = 'lost', false)
              OR restart_lsn IS NULL, confirmed_flush_lsn,
              coalesce(pg_catalog.to_jsonb(s) ->> 'invalidation_reason',
                CASE WHEN wal_status = 'lost' THEN 'wal_removed' ELSE '' END)
            FROM pg_catalog.pg_replication_slots s WHERE slot_name = ?
            """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        String confirmed = row.getString(4);
        return Optional.of(
            new Status(
                String.valueOf(row.getString(1)),
                row.getInt(2),
                row.getBoolean(3),
                row.getString(5),
                confirmed == null ? 0 : LogSequenceNumber.valueOf(confirmed).asLong()));
      }
    }
  }

  /**
   * Creates the slot, which waits for transactions that run now to end, and returns the place from
   * which on it tells changes. Standbys that synchronize slots keep it too, where servers can.
   */
  public long create() throws SQLException {
    boolean travels = connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_VERSION;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT lsn FROM pg_catalog.pg_create_logical_replication_slot(?, 'pgoutput'"
                + (travels ? ", failover => true" : "")
                + ")")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return LogSequenceNumber.valueOf(row.getString(1)).asLong();
      }
    }
  }

  /** Ends whoever streams from the slot: an earlier owner that lost its lease. */
  public void free() throws SQLException, InterruptedException {
    for (int i = 0; i < WAITS; i++) {
      Optional<Status> status = status();
      if (status.isEmpty() || status.get().activePid() == 0) {
        return;
      }
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT pg_catalog.pg_terminate_backend(?)")) {
        statement.setInt(1, status.get().activePid());
        statement.executeQuery().close();
      }
      Thread.sleep(WAIT_MILLIS);
    }
  }

  /** Drops the slot, if there is one. */
  public void drop() throws SQLException, InterruptedException {
    free();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM"
                + " pg_catalog.pg_replication_slots WHERE slot_name = ? AND database ="
                + " pg_catalog.current_database()")) {
      statement.setString(1, name);
      statement.executeQuery().close();
    }
  }

  /** Returns how many bytes of log the server has written beyond a place. */
  public long writtenSince(long place) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT (pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0') - ?)::int8")) {
      statement.setLong(1, place);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** Returns what the server keeps for the slot, unless there is no such slot. */
  public Optional<Retention> retention() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT coalesce(pg_catalog.pg_wal_lsn_diff(now.at, s.restart_lsn), 0)::pg_catalog.int8,
              pg_catalog.pg_wal_lsn_diff(now.at, '0/0')::pg_catalog.int8, coalesce(s.wal_status, ''),
              s.safe_wal_size, (SELECT c.setting::pg_catalog.int8 * 1024 * 1024
                FROM pg_catalog.pg_settings c WHERE c.name = 'max_slot_wal_keep_size')
            FROM pg_catalog.pg_replication_slots s,
              (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                ELSE pg_catalog.pg_current_wal_lsn() END) AS now(at)
            WHERE s.slot_name = ?
            """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long left = row.getLong(4);
        OptionalLong known = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(left);
        long most = row.getLong(5);
        return Optional.of(
            new Retention(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                known,
                most < 0 ? OptionalLong.empty() : OptionalLong.of(most)));
      }
    }
  }
}
