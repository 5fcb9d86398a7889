package dev.backlot.capture.postgres.stream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.postgresql.replication.PGReplicationStream;

/**
 * Notices that the server can't be heard any more, though nothing says that the connection ended: a
 * firewall or a network may just let everything vanish. A server that was asked answers at once,
 * also one with nothing to tell. For the thread that reads.
 */
final class Silence {
  private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MOST_MILLIS = 60_000;

  private final long limitNanos;
  private long heard = System.nanoTime();
  private long asked;
  private boolean waiting;

  private Silence(long limitMillis) {
    this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
  }

  /**
   * Allows the server as much silence as it allows us (wal_sender_timeout); one minute when it
   * allows any.
   */
  static Silence allowedBy(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT setting::pg_catalog.int8 FROM pg_catalog.pg_settings"
                    + " WHERE name = 'wal_sender_timeout'")) {
      long allowed = row.next() ? row.getLong(1) : 0;
      return new Silence(allowed == 0 ? MOST_MILLIS : allowed);
    }
  }

  /** Takes note that something has come. */
  void broken() {
    heard = System.nanoTime();
    waiting = false;
  }

  /**
   * Asks a server that has not been heard for a while.
   *
   * @throws SQLException when it was asked and has not answered for too long
   */
  void check(PGReplicationStream stream) throws SQLException {
    long now = System.nanoTime();
    if (waiting) {
      if (now - asked > limitNanos) {
        throw new SQLException(
            "nothing has come from the server for "
                + TimeUnit.NANOSECONDS.toSeconds(now - heard)
                + " s, though it was asked",
            "08006");
      }
    } else if (now - heard > ASK_NANOS) {
      stream.forceUpdateStatus();
      asked = now;
      waiting = true;
    }
  }
}
