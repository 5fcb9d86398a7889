package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
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
 * Incidents with everything that happened to them. At most one of a kind and subject is not
 * resolved, whoever opens it. Thread-safe.
 */
public final class IncidentStore {
  private static final TypeReference<LinkedHashMap<String, Object>> FACTS =
      new TypeReference<>() {};
  private static final int MOST_LISTED = 1_000;

  private final Jdbi jdbi;

  IncidentStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** How far people are with an incident. */
  public enum State {
    /** Nobody has said that they look after it. */
    OPEN,
    /** Somebody looks after it. */
    ACKNOWLEDGED,
    /** Nobody is to be bothered until a time. */
    SNOOZED,
    /** It is over. */
    RESOLVED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is wrong, as an incident shows it.
   *
   * @param heldSince when it began
   * @param owner who answers for it, or empty
   */
  public record Cause(
      AlertKind kind,
      Subject subject,
      Subject document,
      Severity severity,
      String owner,
      String summary,
      Map<String, Object> facts,
      Instant heldSince) {
    /** Copies what is mutable, keeping order. */
    public Cause {
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
  }

  /**
   * An incident.
   *
   * @param held whether its cause was there when it was last looked for
   * @param episode 1, and one more whenever it came back shortly after it was resolved
   * @param openedAt when this episode began
   */
  public record Incident(
      long id,
      Cause cause,
      State state,
      boolean held,
      int episode,
      Instant openedAt,
      Instant updatedAt,
      Optional<Instant> snoozedUntil,
      Optional<Instant> resolvedAt) {}

  /**
   * Something that happened to an incident.
   *
   * @param what {@code opened}, {@code reopened}, {@code worsened}, {@code eased}, {@code
   *     acknowledged}, {@code snoozed}, {@code woken}, {@code assigned} or {@code resolved}
   * @param author the person, or empty when it happened by itself
   */
  public record Event(Instant at, String what, String author, String message) {}

  /**
   * Opens an incident, or the last one again when that was resolved within {@code flapping}.
   *
   * @return its number; empty when it is open already
   */
  public Optional<Long> open(Cause cause, Duration flapping) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Long> again = reopen(handle, cause, flapping);
          if (again.isPresent()) {
            addEvent(handle, again.get(), "reopened", "", cause.summary());
            return again;
          }
          Optional<Long> id = insert(handle, cause);
          id.ifPresent(fresh -> addEvent(handle, fresh, "opened", "", cause.summary()));
          return id;
        });
  }

  private static Optional<Long> reopen(Handle handle, Cause cause, Duration flapping) {
    return handle
        .select(
            """
            UPDATE incident i SET state = 'open', episode = episode + 1, held = true, severity = ?,
              summary = ?, facts = CAST(? AS jsonb), held_since = ?, opened_at = now(),
              updated_at = now(), resolved_at = NULL, snoozed_until = NULL
            WHERE id = (SELECT max(id) FROM incident WHERE kind = ? AND subject_kind = ? AND subject = ?)
              AND state = 'resolved' AND resolved_at > now() - ? * interval '1 millisecond'
            RETURNING id
            """,
            cause.severity().label(),
            cause.summary(),
            Json.write(cause.facts()),
            Timestamp.from(cause.heldSince()),
            cause.kind().label(),
            cause.subject().kind().label(),
            cause.subject().name(),
            flapping.toMillis())
        .mapTo(Long.class)
        .findOne();
  }

  private static Optional<Long> insert(Handle handle, Cause cause) {
    return handle
        .select(
            """
            INSERT INTO incident (kind, subject_kind, subject, document_kind, document, severity,
              owner, summary, facts, held_since)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb), ?)
            ON CONFLICT (kind, subject_kind, subject) WHERE state <> 'resolved' DO NOTHING
            RETURNING id
            """,
            cause.kind().label(),
            cause.subject().kind().label(),
            cause.subject().name(),
            cause.document().kind().label(),
            cause.document().name(),
            cause.severity().label(),
            cause.owner(),
            cause.summary(),
            Json.write(cause.facts()),
            Timestamp.from(cause.heldSince()))
        .mapTo(Long.class)
        .findOne();
  }

  /** Writes what an open incident's cause is now; a change of severity is an event. */
  public void update(Incident incident, Cause now) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE incident SET severity = ?, summary = ?, facts = CAST(? AS jsonb), held = true,"
                  + " updated_at = now() WHERE id = ? AND state <> 'resolved'",
              now.severity().label(),
              now.summary(),
              Json.write(now.facts()),
              incident.id());
          int graver = now.severity().compareTo(incident.cause().severity());
          if (graver != 0) {
            addEvent(handle, incident.id(), graver > 0 ? "worsened" : "eased", "", now.summary());
          }
        });
  }

  /** Notes that the cause of an open incident is not there for now. */
  public void setAbsent(long id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE incident SET held = false, updated_at = now() WHERE id = ? AND held", id));
  }

  /** Ends an incident; returns false when it is over already, or there is none. */
  public boolean resolve(long id, String author, String message) {
    return change(
        id,
        "state = 'resolved', resolved_at = now(), snoozed_until = NULL, held = false",
        "resolved",
        author,
        message);
  }

  /** Notes that somebody looks after it; returns false when it is over, or there is none. */
  public boolean acknowledge(long id, String author, String message) {
    return change(
        id, "state = 'acknowledged', snoozed_until = NULL", "acknowledged", author, message);
  }

  /** Keeps it quiet for a while; returns false when it is over, or there is none. */
  public boolean snooze(long id, Duration time, String author, String message) {
    return change(
        id,
        "state = 'snoozed', snoozed_until = now() + "
            + time.toMillis()
            + " * interval '1 millisecond'",
        "snoozed",
        author,
        message);
  }

  /** Gives it another owner; returns false when it is over, or there is none. */
  public boolean assign(long id, String owner, String author, String message) {
    return jdbi.inTransaction(
        handle -> {
          int found =
              handle.execute(
                  "UPDATE incident SET owner = ?, updated_at = now() WHERE id = ? AND state <>"
                      + " 'resolved'",
                  owner,
                  id);
          if (found == 1) {
            String to = "To " + owner + ".";
            addEvent(handle, id, "assigned", author, message.isEmpty() ? to : to + " " + message);
          }
          return found == 1;
        });
  }

  /** Opens incidents again whose time of quiet is over. */
  public void wake() {
    jdbi.useTransaction(
        handle -> {
          List<Long> woken =
              handle
                  .select(
                      "UPDATE incident SET state = 'open', snoozed_until = NULL, updated_at = now()"
                          + " WHERE state = 'snoozed' AND snoozed_until <= now() RETURNING id")
                  .mapTo(Long.class)
                  .list();
          woken.forEach(id -> addEvent(handle, id, "woken", "", "Its time of quiet is over."));
        });
  }

  private boolean change(long id, String assignment, String what, String author, String message) {
    return jdbi.inTransaction(
        handle -> {
          int found =
              handle.execute(
                  "UPDATE incident SET "
                      + assignment
                      + ", updated_at = now() WHERE id = ? AND state <> 'resolved'",
                  id);
          if (found == 1) {
            addEvent(handle, id, what, author, message);
          }
          return found == 1;
        });
  }

  /** Returns every incident that is not over, oldest first. */
  public List<Incident> unresolved() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM incident WHERE state <> 'resolved' ORDER BY id")
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns every incident that is not over, then the newest of the others, a thousand at most. */
  public List<Incident> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM incident ORDER BY (state = 'resolved'), id DESC LIMIT ?",
                    MOST_LISTED)
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns an incident. */
  public Optional<Incident> find(long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM incident WHERE id = ?", id)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Returns what happened to an incident, oldest first. */
  public List<Event> events(long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM incident_event WHERE incident = ? ORDER BY id", id)
                .map(
                    (row, context) ->
                        new Event(
                            row.getTimestamp("at").toInstant(),
                            row.getString("what"),
                            row.getString("author"),
                            row.getString("message")))
                .list());
  }

  /** Forgets incidents that were resolved longer ago than this. */
  public void forget(Duration age) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM incident WHERE state = 'resolved' AND resolved_at < now() - ? *"
                    + " interval '1 millisecond'",
                age.toMillis()));
  }

  private static void addEvent(
      Handle handle, long incident, String what, String author, String message) {
    handle.execute(
        "INSERT INTO incident_event (incident, what, author, message) VALUES (?, ?, ?, ?)",
        incident,
        what,
        author,
        message);
  }

  static Incident read(ResultSet row) throws SQLException {
    Cause cause =
        new Cause(
            AlertKind.valueOf(upper(row.getString("kind"))),
            subject(row.getString("subject_kind"), row.getString("subject")),
            subject(row.getString("document_kind"), row.getString("document")),
            Severity.valueOf(upper(row.getString("severity"))),
            row.getString("owner"),
            row.getString("summary"),
            Json.read(row.getString("facts"), FACTS),
            row.getTimestamp("held_since").toInstant());
    return new Incident(
        row.getLong("id"),
        cause,
        State.valueOf(upper(row.getString("state"))),
        row.getBoolean("held"),
        row.getInt("episode"),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("updated_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("snoozed_until")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("resolved_at")).map(Timestamp::toInstant));
  }

  private static Subject subject(String kind, String name) {
    return new Subject(Subject.Kind.valueOf(upper(kind)), name);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
