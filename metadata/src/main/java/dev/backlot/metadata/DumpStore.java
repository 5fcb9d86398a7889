package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Dumps: asked for by anyone, done by the owner of their connection. Thread-safe. */
public final class DumpStore {
  private static final TypeReference<List<String>> KEY = new TypeReference<>() {};
  private static final TypeReference<List<List<String>>> KEYS = new TypeReference<>() {};

  private final Jdbi jdbi;

  DumpStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a dump is doing. */
  public enum State {
    REQUESTED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A dump and its progress.
   *
   * @param initial whether it is the first of a newly captured table
   * @param predicate which rows, as the user wrote it; empty for all
   * @param keys which keys, as text in key order; empty for all
   * @param lastKey the last finished chunk's last key as text; empty before the first
   */
  public record Dump(
      long id,
      String source,
      int epoch,
      String connection,
      boolean initial,
      String predicate,
      Optional<List<List<String>>> keys,
      State state,
      String reason,
      Optional<List<String>> lastKey,
      long dumpedRows,
      Instant requestedAt,
      Optional<Instant> finishedAt) {}

  /** Asks for a dump and wakes the capture workers. Returns its id. */
  public long request(
      String source,
      int epoch,
      String connection,
      boolean initial,
      String predicate,
      @Nullable List<List<String>> keys) {
    return jdbi.inTransaction(
        handle -> {
          long id =
              handle
                  .select(
                      """
                      INSERT INTO dump (source, epoch, connection, initial, predicate, keys)
                      VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id
                      """,
                      source,
                      epoch,
                      connection,
                      initial,
                      predicate,
                      keys == null ? null : Json.write(keys))
                  .mapTo(Long.class)
                  .one();
          handle.execute("NOTIFY " + CaptureStore.CHANNEL);
          return id;
        });
  }

  /** Returns a dump by its id. */
  public Optional<Dump> find(long id) {
    return query("WHERE id = ?", id).stream().findFirst();
  }

  /** Returns a connection's dumps that are not finished, oldest first. */
  public List<Dump> open(String connection) {
    return query("WHERE connection = ? AND state IN ('requested', 'running')", connection);
  }

  /** Returns the dumps of a Source, oldest first. */
  public List<Dump> ofSource(String source) {
    return query("WHERE source = ?", source);
  }

  /** Says that a dump runs. */
  public void setRunning(long id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET state = 'running', started_at = coalesce(started_at, now()),"
                    + " updated_at = now() WHERE id = ? AND state IN ('requested', 'running')",
                id));
  }

  /**
   * Writes the progress after a finished chunk.
   *
   * @return false when the dump was cancelled meanwhile
   */
  public boolean setProgress(long id, List<String> lastKey, long dumpedRows) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "UPDATE dump SET last_key = CAST(? AS jsonb), dumped_rows = ?, updated_at ="
                        + " now() WHERE id = ? AND state = 'running'",
                    Json.write(lastKey),
                    dumpedRows,
                    id)
                == 1);
  }

  /** Cancels a Source's dumps that are not finished. */
  public void cancelAll(String source, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET state = 'cancelled', reason = ?, finished_at = now(), updated_at ="
                    + " now() WHERE source = ? AND state IN ('requested', 'running')",
                reason,
                source));
  }

  /** Ends a dump as done, failed or cancelled. */
  public void finish(long id, State state, String reason, long dumpedRows) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET state = ?, reason = ?, dumped_rows = ?, finished_at = now(),"
                    + " updated_at = now() WHERE id = ? AND state IN ('requested', 'running')",
                state.label(),
                reason,
                dumpedRows,
                id));
  }

  private List<Dump> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM dump " + where + " ORDER BY id", arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static Dump read(ResultSet row) throws SQLException {
    String keys = row.getString("keys");
    String lastKey = row.getString("last_key");
    return new Dump(
        row.getLong("id"),
        row.getString("source"),
        row.getInt("epoch"),
        row.getString("connection"),
        row.getBoolean("initial"),
        row.getString("predicate"),
        keys == null ? Optional.empty() : Optional.of(Json.read(keys, KEYS)),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        lastKey == null ? Optional.empty() : Optional.of(Json.read(lastKey, KEY)),
        row.getLong("dumped_rows"),
        row.getTimestamp("requested_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("finished_at")).map(java.sql.Timestamp::toInstant));
  }
}
