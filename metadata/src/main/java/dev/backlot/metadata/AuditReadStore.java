package dev.backlot.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What audits ask of captured databases: asked for by anyone, answered by the owner of their
 * connection. A read that its owner did not finish is done again from the start by the next one.
 * Reads that nobody forgets are gone after a day, finished or not. Thread-safe.
 */
public final class AuditReadStore {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final Jdbi jdbi;

  AuditReadStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a read is doing. */
  public enum State {
    REQUESTED,
    RUNNING,
    DONE,
    FAILED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A read.
   *
   * @param epoch of the Source for which the answer is wanted; in no other is it given
   * @param reason why it failed; else empty
   * @param answer empty unless done
   */
  public record Read(
      long id,
      String source,
      int epoch,
      String connection,
      AuditRead read,
      State state,
      String reason,
      Optional<AuditAnswer> answer,
      Instant requestedAt) {}

  /** Asks for a read and wakes the capture workers. Returns its id. */
  public long request(String source, int epoch, String connection, AuditRead read) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("DELETE FROM audit_read WHERE requested_at < now() - interval '1 day'");
          long id =
              handle
                  .select(
                      "INSERT INTO audit_read (source, epoch, connection, read)"
                          + " VALUES (?, ?, ?, CAST(? AS json)) RETURNING id",
                      source,
                      epoch,
                      connection,
                      write(read))
                  .mapTo(Long.class)
                  .one();
          handle.execute("NOTIFY " + CaptureStore.CHANNEL);
          return id;
        });
  }

  /** Returns a read by its id. */
  public Optional<Read> find(long id) {
    return query("WHERE id = ?", id).stream().findFirst();
  }

  /** Returns a connection's reads that are not finished, oldest first. */
  public List<Read> open(String connection) {
    return query("WHERE connection = ? AND state IN ('requested', 'running')", connection);
  }

  /**
   * Says that a read runs.
   *
   * @return false when it was forgotten meanwhile
   */
  public boolean setRunning(long id) {
    return update("state = 'running' WHERE id = ? AND state IN ('requested', 'running')", id);
  }

  /**
   * Stores an answer, unless a later owner may have begun to write behind the answer's offsets.
   *
   * @param generation of the lease under which the answer was made
   * @return false when the lease is another's by now, or the read was forgotten
   */
  public boolean answer(long id, AuditAnswer answer, long generation) {
    return update(
        "state = 'done', finished_at = now(), answer = CAST(? AS json)"
            + " WHERE id = ? AND state = 'running' AND EXISTS (SELECT FROM capture_lease l"
            + " WHERE l.connection = audit_read.connection AND l.generation = ?)",
        write(answer),
        id,
        generation);
  }

  /** Ends a read that can't be answered. */
  public void fail(long id, String reason) {
    update(
        "state = 'failed', finished_at = now(), reason = ?"
            + " WHERE id = ? AND state IN ('requested', 'running')",
        reason,
        id);
  }

  /** Forgets a read, which ends it when it runs. */
  public void forget(long id) {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM audit_read WHERE id = ?", id));
  }

  private boolean update(String change, Object... arguments) {
    return jdbi.withHandle(
        handle -> handle.execute("UPDATE audit_read SET " + change, arguments) == 1);
  }

  private List<Read> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM audit_read " + where + " ORDER BY id", arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static Read read(ResultSet row) throws SQLException {
    return new Read(
        row.getLong("id"),
        row.getString("source"),
        row.getInt("epoch"),
        row.getString("connection"),
        parse(row.getString("read"), AuditRead.class),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        optional(row.getString("answer")).map(json -> parse(json, AuditAnswer.class)),
        row.getTimestamp("requested_at").toInstant());
  }

  private static Optional<String> optional(@Nullable String text) {
    return Optional.ofNullable(text);
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write an audit's read as JSON", e);
    }
  }

  private static <T> T parse(String json, Class<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read an audit's read from JSON", e);
    }
  }
}
