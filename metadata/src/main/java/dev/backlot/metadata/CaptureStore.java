package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Leases, statuses, acknowledged progress and drain requests of captures. Thread-safe. */
public final class CaptureStore {
  /** The channel on which a waiting capture worker is woken: {@code NOTIFY backlot_capture}. */
  public static final String CHANNEL = "backlot_capture";

  private static final TypeReference<Map<String, List<Long>>> OFFSETS = new TypeReference<>() {};

  private final Jdbi jdbi;

  CaptureStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a capture is doing. */
  public enum State {
    STARTING,
    RUNNING,
    /** Something outside is not as needed; it is tried again by itself. */
    RETRYING,
    /** It needs a person; the reason says what to do. */
    FAILED,
    STOPPED,
    /** Its Connection is being deleted, and nothing of it is left in the source database. */
    REMOVED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is said about a connection's capture.
   *
   * @param code a problem code's name, or empty
   * @param reason why it is in this state, or empty
   * @param details a JSON object: {@code problems}, {@code tables} (per table: state, code,
   *     reason), {@code retained_bytes}, {@code position}
   * @param revision of the Connection document that it follows
   * @param unwell since when it has not been running, and why as far as it is known; empty while it
   *     runs
   */
  public record Status(
      String connection,
      State state,
      String code,
      String reason,
      String details,
      long revision,
      Optional<Instant> drainRequestedAt,
      Optional<Instant> drainedAt,
      Optional<Unwell> unwell,
      Instant updatedAt) {}

  /**
   * A time in which a capture does not run, tries and failures in between included.
   *
   * @param code the newest known problem code's name, or empty
   * @param reason likewise
   */
  public record Unwell(Instant since, String code, String reason) {}

  /**
   * What Kafka has acknowledged.
   *
   * @param fencedGeneration the last generation that fenced every partition; 0 before the first
   * @param position everything up to here is acknowledged; empty before the first
   * @param offsets next offset per partition, by topic
   * @param fenceFrom offsets, likewise, from where on an owner that did not finish fencing may have
   *     written fences; empty when the last owner finished
   */
  public record Progress(
      long fencedGeneration,
      String position,
      Map<String, List<Long>> offsets,
      Map<String, List<Long>> fenceFrom) {
    /** Copies what is mutable. */
    public Progress {
      offsets = Map.copyOf(offsets);
      fenceFrom = Map.copyOf(fenceFrom);
    }
  }

  /** A Connection document as capture reads it. */
  public record Intent(String connection, long revision, String spec, boolean deleting) {}

  /** Returns the Connection documents, those being deleted included. */
  public List<Intent> intents() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT name, revision, spec, deleting FROM document WHERE kind = 'Connection'"
                        + " ORDER BY name")
                .map(
                    (row, context) ->
                        new Intent(
                            row.getString("name"),
                            row.getLong("revision"),
                            row.getString("spec"),
                            row.getBoolean("deleting")))
                .list());
  }

  /**
   * A lease as it stands in the database.
   *
   * @param renewed changes with each renewal
   */
  public record LeaseRow(long generation, String renewed) {}

  /**
   * Takes a connection's lease when it is free or expired, with a generation above every earlier
   * one.
   *
   * @param patience how long the lease must have been over; nothing for one that was never taken
   * @return the new generation, or empty while someone else holds the lease
   */
  public OptionalLong acquireLease(
      String connection, String owner, Duration lifetime, Duration patience) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    INSERT INTO capture_lease (connection, generation, owner, expires_at)
                    VALUES (?, 1, ?, now() + ? * interval '1 millisecond')
                    ON CONFLICT (connection) DO UPDATE SET
                      generation = capture_lease.generation + 1, owner = excluded.owner,
                      expires_at = excluded.expires_at, since = now()
                    WHERE capture_lease.expires_at < now() - ? * interval '1 millisecond'
                    RETURNING generation
                    """,
                    connection,
                    owner,
                    lifetime.toMillis(),
                    patience.toMillis())
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty));
  }

  /** Returns a connection's lease, held or not. */
  public Optional<LeaseRow> lease(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT generation, expires_at::text AS renewed FROM capture_lease"
                        + " WHERE connection = ?",
                    connection)
                .map(
                    (row, context) ->
                        new LeaseRow(row.getLong("generation"), row.getString("renewed")))
                .findOne());
  }

  /**
   * Takes a lease that its holder has not renewed for longer than it lives, whatever this
   * database's clock says, which may have been set back.
   *
   * @param stale the lease as it has stood all that time
   * @return the new generation, or empty when it was renewed or taken after all
   */
  public OptionalLong seizeLease(
      String connection, String owner, Duration lifetime, LeaseRow stale) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    UPDATE capture_lease SET generation = generation + 1, owner = ?,
                      expires_at = now() + ? * interval '1 millisecond', since = now()
                    WHERE connection = ? AND generation = ? AND expires_at::text = ?
                    RETURNING generation
                    """,
                    owner,
                    lifetime.toMillis(),
                    connection,
                    stale.generation(),
                    stale.renewed())
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty));
  }

  /** Prolongs a lease. Returns false when it expired or another generation holds it. */
  public boolean renewLease(String connection, long generation, Duration lifetime) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "UPDATE capture_lease SET expires_at = now() + ? * interval '1 millisecond'"
                        + " WHERE connection = ? AND generation = ? AND expires_at >= now()",
                    lifetime.toMillis(),
                    connection,
                    generation)
                == 1);
  }

  /** Lets a lease go at once, and wakes the workers, which need not wait for its end. */
  public void releaseLease(String connection, long generation) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE capture_lease SET expires_at = now() - interval '1 microsecond'"
                  + " WHERE connection = ? AND generation = ?",
              connection,
              generation);
          handle.execute("NOTIFY " + CHANNEL);
        });
  }

  /** Returns the connections that were captured once and whose lease nobody holds now. */
  public Set<String> unattended() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT connection FROM capture_lease WHERE expires_at < now()")
                .mapTo(String.class)
                .set());
  }

  /** Returns every connection's status, by name. */
  public List<Status> statuses() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM capture_status ORDER BY connection")
                .map((row, context) -> readStatus(row))
                .list());
  }

  /** Returns a connection's status once its capture has said something. */
  public Optional<Status> status(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM capture_status WHERE connection = ?", connection)
                .map((row, context) -> readStatus(row))
                .findOne());
  }

  /** Writes what a capture says; its drain request stays. */
  public void putStatus(
      String connection, State state, String code, String reason, String details, long revision) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                INSERT INTO capture_status AS before (connection, state, code, reason, details, revision,
                  unwell_since, unwell_code, unwell_reason)
                VALUES (:connection, :state, :code, :reason, CAST(:details AS jsonb), :revision,
                  CASE WHEN :state <> 'running' THEN now() END, :code, :reason)
                ON CONFLICT (connection) DO UPDATE SET state = excluded.state, code = excluded.code,
                  reason = excluded.reason, details = excluded.details, revision = excluded.revision,
                  unwell_since = CASE WHEN excluded.unwell_since IS NOT NULL
                    THEN coalesce(before.unwell_since, excluded.unwell_since) END,
                  unwell_code = CASE WHEN excluded.state = 'starting'
                    THEN before.unwell_code ELSE excluded.code END,
                  unwell_reason = CASE WHEN excluded.state = 'starting'
                    THEN before.unwell_reason ELSE excluded.reason END,
                  updated_at = now()
                """)
                .bind("connection", connection)
                .bind("state", state.label())
                .bind("code", code)
                .bind("reason", reason)
                .bind("details", details)
                .bind("revision", revision)
                .execute());
  }

  /**
   * Asks that a connection be captured anew: each of its Sources begins another epoch with a dump.
   *
   * @return false when it was never captured
   */
  public boolean requestRecapture(String connection) {
    return jdbi.inTransaction(
        handle -> {
          int found =
              handle.execute(
                  "UPDATE capture_status SET recapture = true WHERE connection = ?", connection);
          handle.execute("NOTIFY " + CHANNEL);
          return found == 1;
        });
  }

  /** Returns whether a connection is to be captured anew. */
  public boolean recaptureRequested(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT recapture FROM capture_status WHERE connection = ?", connection)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /**
   * Forgets everything of a connection's capture but its epochs, as was asked: nothing of it is
   * left in the source database now.
   */
  public void beginRecapture(String connection) {
    String reason = "Its connection is captured anew.";
    jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM capture_progress WHERE connection = ?", connection);
          handle.execute(
              "UPDATE source SET state = 'removed', reason = ?, updated_at = now()"
                  + " WHERE connection = ? AND state <> 'removed'",
              reason,
              connection);
          handle.execute(
              "UPDATE dump SET state = 'cancelled', reason = ?, finished_at = now()"
                  + " WHERE connection = ? AND state IN ('requested', 'running', 'paused')",
              reason,
              connection);
          handle.execute(
              "UPDATE capture_status SET recapture = false WHERE connection = ?", connection);
        });
  }

  /** Forgets what was acknowledged: the next capture of this connection begins anew. */
  public void resetProgress(String connection) {
    jdbi.useHandle(
        handle -> handle.execute("DELETE FROM capture_progress WHERE connection = ?", connection));
  }

  /**
   * Forgets a connection: status and progress. Its Sources are removed and its dumps cancelled, so
   * that a later connection of that name begins new topics.
   */
  public void forget(String connection) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM capture_status WHERE connection = ?", connection);
          handle.execute("DELETE FROM capture_progress WHERE connection = ?", connection);
          handle.execute("DELETE FROM audit_read WHERE connection = ?", connection);
          handle.execute(
              "UPDATE source SET state = 'removed', reason = 'Its connection was deleted.',"
                  + " updated_at = now() WHERE connection = ? AND state <> 'removed'",
              connection);
          handle.execute(
              "UPDATE dump SET state = 'cancelled', reason = 'The connection was deleted.',"
                  + " finished_at = now() WHERE connection = ? AND state IN ('requested', 'running', 'paused')",
              connection);
        });
  }

  /**
   * Asks for a drain: everything committed in the source before this call is acknowledged by Kafka
   * once {@link #drained} says so.
   *
   * @return the request's time, which identifies it
   */
  public Instant requestDrain(String connection) {
    return jdbi.inTransaction(
        handle -> {
          Instant time =
              handle
                  .select(
                      """
                      INSERT INTO capture_status (connection, state, drain_requested_at)
                      VALUES (?, 'starting', clock_timestamp())
                      ON CONFLICT (connection) DO UPDATE SET drain_requested_at = clock_timestamp()
                      RETURNING drain_requested_at
                      """,
                      connection)
                  .mapTo(Timestamp.class)
                  .one()
                  .toInstant();
          handle.execute("NOTIFY " + CHANNEL);
          return time;
        });
  }

  /** Says whether a drain that was requested at this time, or a later one, has been reached. */
  public boolean drained(String connection, Instant requestedAt) {
    return status(connection)
        .flatMap(Status::drainedAt)
        .map(time -> !time.isBefore(requestedAt))
        .orElse(false);
  }

  /** Returns the time of the newest drain request that has not been answered. */
  public Optional<Instant> openDrain(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT drain_requested_at FROM capture_status WHERE connection = ?"
                        + " AND drain_requested_at IS NOT NULL"
                        + " AND (drained_at IS NULL OR drained_at < drain_requested_at)",
                    connection)
                .mapTo(Timestamp.class)
                .findOne()
                .map(Timestamp::toInstant));
  }

  /** Answers the drain request of this time and all earlier ones. */
  public void setDrained(String connection, Instant requestedAt) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE capture_status SET drained_at = ? WHERE connection = ?"
                    + " AND (drained_at IS NULL OR drained_at < ?)",
                Timestamp.from(requestedAt),
                connection,
                Timestamp.from(requestedAt)));
  }

  /** Returns what was acknowledged, unless this connection was never captured. */
  public Optional<Progress> progress(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT fenced_generation, position, offsets, fence_from FROM capture_progress WHERE"
                        + " connection = ?",
                    connection)
                .map(
                    (row, context) ->
                        new Progress(
                            row.getLong("fenced_generation"),
                            row.getString("position"),
                            Json.read(row.getString("offsets"), OFFSETS),
                            Json.read(row.getString("fence_from"), OFFSETS)))
                .findOne());
  }

  /**
   * Writes what was acknowledged, if this generation still holds the lease.
   *
   * @return false when the lease is another's: then nothing was written
   */
  public boolean putProgress(String connection, long generation, Progress progress) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    """
                    INSERT INTO capture_progress (connection, fenced_generation, position, offsets, fence_from)
                    SELECT connection, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb) FROM capture_lease
                    WHERE connection = ? AND generation = ?
                    ON CONFLICT (connection) DO UPDATE SET fenced_generation = excluded.fenced_generation,
                      position = excluded.position, offsets = excluded.offsets,
                      fence_from = excluded.fence_from, updated_at = now()
                    """,
                    progress.fencedGeneration(),
                    progress.position(),
                    Json.write(progress.offsets()),
                    Json.write(progress.fenceFrom()),
                    connection,
                    generation)
                == 1);
  }

  /** Returns from which place of the log on the publication of inserts may be streamed. */
  public OptionalLong insertsFrom(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT inserts_from FROM capture_progress WHERE connection = ?"
                        + " AND inserts_from IS NOT NULL",
                    connection)
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty));
  }

  /** Notes from which place of the log on the publication of inserts may be streamed. */
  public void setInsertsFrom(String connection, long generation, long place) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE capture_progress SET inserts_from = ? WHERE connection = ? AND EXISTS"
                    + " (SELECT 1 FROM capture_lease l WHERE l.connection = ? AND l.generation ="
                    + " ?)",
                place,
                connection,
                connection,
                generation));
  }

  private static Status readStatus(ResultSet row) throws SQLException {
    return new Status(
        row.getString("connection"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("code"),
        row.getString("reason"),
        row.getString("details"),
        row.getLong("revision"),
        Optional.ofNullable(row.getTimestamp("drain_requested_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("drained_at")).map(Timestamp::toInstant),
        unwell(row),
        row.getTimestamp("updated_at").toInstant());
  }

  private static Optional<Unwell> unwell(ResultSet row) throws SQLException {
    Timestamp since = row.getTimestamp("unwell_since");
    return since == null
        ? Optional.empty()
        : Optional.of(
            new Unwell(
                since.toInstant(), row.getString("unwell_code"), row.getString("unwell_reason")));
  }
}
