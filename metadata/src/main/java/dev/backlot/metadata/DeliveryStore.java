package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.backlot.metadata.IncidentStore.Incident;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What routes were told of incidents, and the messages on their way. A message and the note that it
 * was told are one transaction, so nothing is told twice or forgotten, whoever dies when.
 * Thread-safe.
 */
public final class DeliveryStore {
  private static final TypeReference<LinkedHashMap<String, Object>> MESSAGE =
      new TypeReference<>() {};

  private final Jdbi jdbi;

  DeliveryStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a message says of its incidents. */
  public enum What {
    OPENED,
    /** They are still open, and nobody looks after them. */
    REMINDER,
    RECOVERED;

    /** Returns the word that is stored and sent. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How far a message is. */
  public enum State {
    WAITING,
    DELIVERED,
    /** It was tried for so long that it is given up. */
    FAILED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A message to a route's receiver.
   *
   * @param id that the receiver sees, the same at each attempt
   * @param message plain JSON values
   * @param reason why the last attempt failed, or empty
   */
  public record Delivery(
      long id,
      String route,
      What what,
      Map<String, Object> message,
      State state,
      int attempts,
      String reason,
      Instant createdAt,
      Optional<Instant> finishedAt) {
    /** Copies what is mutable, keeping order. */
    public Delivery {
      message = Collections.unmodifiableMap(new LinkedHashMap<>(message));
    }
  }

  /**
   * What a route has been told of an incident's episode.
   *
   * @param toldAt the last time
   * @param recovered whether it was told that it is over
   */
  public record Notice(
      String route, long incident, int episode, Instant toldAt, boolean recovered) {}

  /** An incident with what a route was told of its present episode. */
  public record Told(Notice notice, Incident incident) {}

  /** Returns what was told of incidents that are not over, or whose end was not told. */
  public List<Told> told() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT i.*, n.route, n.told_at, n.recovered_at FROM incident_notice n
                    JOIN incident i ON i.id = n.incident AND i.episode = n.episode
                    WHERE i.state <> 'resolved' OR n.recovered_at IS NULL
                    """)
                .map(
                    (row, context) ->
                        new Told(
                            new Notice(
                                row.getString("route"),
                                row.getLong("id"),
                                row.getInt("episode"),
                                row.getTimestamp("told_at").toInstant(),
                                row.getTimestamp("recovered_at") != null),
                            IncidentStore.read(row)))
                .list());
  }

  /**
   * Puts a message on its way and notes that the route is told of these incidents.
   *
   * @return the message's number; empty when one of them was told meanwhile: then nothing is sent
   */
  public Optional<Long> send(
      String route, What what, List<Incident> incidents, Map<String, Object> message) {
    return jdbi.inTransaction(
        handle -> {
          for (Incident incident : incidents) {
            if (note(handle, route, what, incident) != 1) {
              handle.rollback();
              return Optional.empty();
            }
          }
          return Optional.of(
              handle
                  .select(
                      "INSERT INTO delivery (route, what, message) VALUES (?, ?, CAST(? AS jsonb))"
                          + " RETURNING id",
                      route,
                      what.label(),
                      Json.write(message))
                  .mapTo(Long.class)
                  .one());
        });
  }

  private static int note(Handle handle, String route, What what, Incident incident) {
    return switch (what) {
      case OPENED ->
          handle.execute(
              "INSERT INTO incident_notice (route, incident, episode) VALUES (?, ?, ?)"
                  + " ON CONFLICT DO NOTHING",
              route,
              incident.id(),
              incident.episode());
      case REMINDER ->
          handle.execute(
              "UPDATE incident_notice SET told_at = now() WHERE route = ? AND incident = ?"
                  + " AND episode = ? AND told_at < now() - interval '1 second'",
              route,
              incident.id(),
              incident.episode());
      case RECOVERED ->
          handle.execute(
              "UPDATE incident_notice SET recovered_at = now() WHERE route = ? AND incident = ?"
                  + " AND episode = ? AND recovered_at IS NULL",
              route,
              incident.id(),
              incident.episode());
    };
  }

  /**
   * Takes the messages that are due, the oldest of each route only: a receiver hears in order. Each
   * is the caller's for {@code lease}; unless it says what became of it, it is due again then.
   */
  public List<Delivery> claim(Duration lease, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    UPDATE delivery SET attempts = attempts + 1,
                      next_at = now() + ? * interval '1 millisecond'
                    WHERE id IN (
                      SELECT d.id FROM delivery d WHERE d.state = 'waiting' AND d.next_at <= now()
                        AND d.id = (SELECT min(o.id) FROM delivery o
                                    WHERE o.route = d.route AND o.state = 'waiting')
                      ORDER BY d.id LIMIT ? FOR UPDATE SKIP LOCKED)
                    RETURNING *
                    """,
                    lease.toMillis(),
                    most)
                .map((row, context) -> read(row))
                .list());
  }

  /** Notes that the receiver took a message. */
  public void delivered(long id) {
    finish(id, State.DELIVERED, "");
  }

  /** Notes that a message is not tried again. */
  public void giveUp(long id, String reason) {
    finish(id, State.FAILED, reason);
  }

  private void finish(long id, State state, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE delivery SET state = ?, reason = ?, finished_at = now() WHERE id = ? AND"
                    + " state = 'waiting'",
                state.label(),
                reason,
                id));
  }

  /** Notes that an attempt failed, and when the next one is due. */
  public void retry(long id, String reason, Duration after) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE delivery SET reason = ?, next_at = now() + ? * interval '1 millisecond'"
                    + " WHERE id = ? AND state = 'waiting'",
                reason,
                after.toMillis(),
                id));
  }

  /** Returns a route's newest messages, newest first. */
  public List<Delivery> list(String route, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM delivery WHERE route = ? ORDER BY id DESC LIMIT ?", route, most)
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns the message that a route's receiver has to take next. */
  public Optional<Delivery> oldestWaiting(String route) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM delivery WHERE route = ? AND state = 'waiting' ORDER BY id LIMIT"
                        + " 1",
                    route)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Returns how many messages wait for a route's receiver. */
  public int waiting(String route) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT count(*) FROM delivery WHERE route = ? AND state = 'waiting'", route)
                .mapTo(Integer.class)
                .one());
  }

  /** Forgets a route that is no longer declared: nothing more is sent to it. */
  public void remove(String route) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM delivery WHERE route = ?", route);
          handle.execute("DELETE FROM incident_notice WHERE route = ?", route);
        });
  }

  /** Forgets messages that were finished longer ago than this. */
  public void forget(Duration age) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM delivery WHERE state <> 'waiting' AND finished_at < now() - ? *"
                    + " interval '1 millisecond'",
                age.toMillis()));
  }

  private static Delivery read(ResultSet row) throws SQLException {
    return new Delivery(
        row.getLong("id"),
        row.getString("route"),
        What.valueOf(row.getString("what").toUpperCase(Locale.ROOT)),
        Json.read(row.getString("message"), MESSAGE),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getInt("attempts"),
        row.getString("reason"),
        row.getTimestamp("created_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("finished_at")).map(Timestamp::toInstant));
  }
}
