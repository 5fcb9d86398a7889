package dev.backlot.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Which capture workers run, and which of them captures what. Thread-safe. */
public final class WorkerStore {
  /** A worker that was not seen for so long doesn't run, or can't reach this database. */
  private static final Duration SEEN = Duration.ofSeconds(5);

  private final Jdbi jdbi;

  WorkerStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A worker.
   *
   * @param id of this run of it
   * @param pid of its process on that host
   */
  public record Worker(String id, String host, long pid, Instant startedAt) {}

  /**
   * Who captures a connection now.
   *
   * @param generation of the lease
   * @param since when that lease was taken
   */
  public record Owner(Worker worker, long generation, Instant since) {}

  /** Says that a worker runs; it counts as running for five seconds. */
  public void seen(String id, String host, long pid) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO capture_worker (id, host, pid) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET seen_at = now()
                """,
                id,
                host,
                pid));
  }

  /** Says that a worker ends, and forgets those that are long gone. */
  public void left(String id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM capture_worker WHERE id = ? OR seen_at < now() - interval '1 hour'",
                id));
  }

  /** Returns the workers that run. */
  public List<Worker> running() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT id, host, pid, started_at FROM capture_worker"
                        + " WHERE seen_at > now() - ? * interval '1 millisecond'"
                        + " ORDER BY started_at, id",
                    SEEN.toMillis())
                .map((row, context) -> worker(row))
                .list());
  }

  /** Returns who captures a connection, unless nobody does. */
  public Optional<Owner> owner(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT w.id, w.host, w.pid, w.started_at, l.generation, l.since
                    FROM capture_lease l JOIN capture_worker w ON w.id = l.owner
                    WHERE l.connection = ? AND l.expires_at >= now()
                    """,
                    connection)
                .map(
                    (row, context) ->
                        new Owner(
                            worker(row),
                            row.getLong("generation"),
                            row.getTimestamp("since").toInstant()))
                .findOne());
  }

  private static Worker worker(ResultSet row) throws SQLException {
    return new Worker(
        row.getString("id"),
        row.getString("host"),
        row.getLong("pid"),
        row.getTimestamp("started_at").toInstant());
  }
}
