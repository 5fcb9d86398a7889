package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Dumps: asked for and told what to do by anyone, done by the owner of their connection. What the
 * owner writes counts only while its generation holds the lease. Thread-safe.
 */
public final class DumpStore {
  private static final TypeReference<List<String>> KEY = new TypeReference<>() {};
  private static final TypeReference<List<List<String>>> KEYS = new TypeReference<>() {};
  private static final TypeReference<List<KeyRange>> RANGES = new TypeReference<>() {};
  private static final String OPEN = "state IN ('requested', 'running', 'paused')";
  private static final String OWNED =
      " AND EXISTS (SELECT 1 FROM capture_lease l WHERE l.connection = dump.connection AND"
          + " l.generation = ?)";

  private final Jdbi jdbi;

  DumpStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a dump is doing. */
  public enum State {
    REQUESTED,
    RUNNING,
    /** Until it is resumed; what it has read counts. */
    PAUSED,
    DONE,
    FAILED,
    CANCELLED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it may still go on. */
    public boolean isOpen() {
      return this == REQUESTED || this == RUNNING || this == PAUSED;
    }
  }

  /**
   * How a dump is read; what is empty is as its connection's document says.
   *
   * @param chunkRows most rows of a chunk
   * @param delay from the end of a chunk's read to the next
   * @param parallel how many key ranges are read at once
   */
  public record Settings(OptionalInt chunkRows, Optional<Duration> delay, OptionalInt parallel) {
    /** Everything as the connection's document says. */
    public static final Settings NONE =
        new Settings(OptionalInt.empty(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * A range of keys, which is read in order.
   *
   * @param after what is finished of it, as text; null: nothing, from the table's first key on
   * @param to the last key; null: to the table's end
   */
  public record KeyRange(@Nullable List<String> after, @Nullable List<String> to, boolean done) {}

  /**
   * How far a dump is.
   *
   * @param ranges empty unless the table was split: then {@code lastKey} says nothing
   * @param lastKey the last finished chunk's last key as text; empty before the first
   * @param doneKeys of a dump of keys, how many are finished
   * @param writtenRows without those that the log has overtaken
   * @param readRows with them
   * @param bytes of keys and values written
   * @param windowRows read in the last seconds before the newest progress
   * @param windowMillis how long those seconds were
   */
  public record Progress(
      List<KeyRange> ranges,
      Optional<List<String>> lastKey,
      int doneKeys,
      long writtenRows,
      long readRows,
      long bytes,
      long chunks,
      long windowRows,
      long windowMillis) {}

  /**
   * About how many rows a dump will read.
   *
   * @param rows empty when nobody knows
   * @param by who says so: the table's statistics, the planner, or the request's keys
   */
  public record Estimate(OptionalLong rows, String by) {
    /** Nobody knows. */
    public static final Estimate UNKNOWN = new Estimate(OptionalLong.empty(), "");
  }

  /**
   * A dump.
   *
   * @param initial whether it is the first of a newly captured table
   * @param predicate which rows, as the user wrote it; empty for all
   * @param keys which keys, as text in key order; empty for all
   * @param keyTypes of the key's columns when it began; empty before
   * @param sinceProgress how long ago the newest progress was, when this was read
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
      Settings settings,
      Progress progress,
      Estimate estimate,
      String keyTypes,
      Instant requestedAt,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt,
      Optional<Duration> sinceProgress) {
    /** Returns the last finished chunk's last key as text; empty before the first. */
    public Optional<List<String>> lastKey() {
      return progress.lastKey();
    }

    /** Returns how many rows it has written. */
    public long dumpedRows() {
      return progress.writtenRows();
    }
  }

  /** Asks for a dump and wakes the capture workers. Returns its id. */
  public long request(
      String source,
      int epoch,
      String connection,
      boolean initial,
      String predicate,
      @Nullable List<List<String>> keys) {
    return request(source, epoch, connection, initial, predicate, keys, Settings.NONE);
  }

  /** Asks for a dump with settings of its own and wakes the capture workers. Returns its id. */
  public long request(
      String source,
      int epoch,
      String connection,
      boolean initial,
      String predicate,
      @Nullable List<List<String>> keys,
      Settings settings) {
    return jdbi.inTransaction(
        handle -> {
          long id =
              handle
                  .select(
                      """
                      INSERT INTO dump (source, epoch, connection, initial, predicate, keys,
                        chunk_rows, delay_millis, parallel)
                      VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb),
                        CAST(? AS int), CAST(? AS bigint), CAST(? AS int)) RETURNING id
                      """,
                      source,
                      epoch,
                      connection,
                      initial,
                      predicate,
                      keys == null ? null : Json.write(keys),
                      orNull(settings.chunkRows()),
                      settings.delay().map(Duration::toMillis).orElse(null),
                      orNull(settings.parallel()))
                  .mapTo(Long.class)
                  .one();
          wake(handle);
          return id;
        });
  }

  /** Returns a dump by its id. */
  public Optional<Dump> find(long id) {
    return query("WHERE id = ? ORDER BY id", id).stream().findFirst();
  }

  /** Returns a connection's dumps that are to be done, oldest first. */
  public List<Dump> open(String connection) {
    return query(
        "WHERE connection = ? AND state IN ('requested', 'running') ORDER BY id", connection);
  }

  /** Returns a connection's dumps that are not finished, paused ones included, oldest first. */
  public List<Dump> unfinished(String connection) {
    return query("WHERE connection = ? AND " + OPEN + " ORDER BY id", connection);
  }

  /** Returns a connection's dumps, those that are not finished first, then the newest. */
  public List<Dump> ofConnection(String connection, int most) {
    return query(
        "WHERE connection = ? ORDER BY (" + OPEN + ") DESC, id DESC LIMIT ?", connection, most);
  }

  /** Returns the dumps of a Source, oldest first. */
  public List<Dump> ofSource(String source) {
    return query("WHERE source = ? ORDER BY id", source);
  }

  /** Returns every dump that is not finished and the newest of those that are, newest first. */
  public List<Dump> newest(int finished) {
    return query(
        "WHERE "
            + OPEN
            + " OR id IN (SELECT id FROM dump WHERE NOT "
            + OPEN
            + " ORDER BY id DESC LIMIT ?) ORDER BY id DESC",
        finished);
  }

  /** Pauses a dump. Returns false when it is not open. */
  public boolean pause(long id) {
    return told(
        "UPDATE dump SET state = 'paused', reason = '', updated_at = now() WHERE id = ? AND "
            + OPEN,
        id);
  }

  /** Lets a paused dump go on. Returns false when it is not open. */
  public boolean resume(long id) {
    return told(
        "UPDATE dump SET state = CASE state WHEN 'paused' THEN 'requested' ELSE state END,"
            + " updated_at = now() WHERE id = ? AND "
            + OPEN,
        id);
  }

  /**
   * Cancels a dump. A Source whose first dump this was says that it is not whole.
   *
   * @return false when it is not open
   */
  public boolean cancel(long id, String reason) {
    return told(
        "WITH cancelled AS (UPDATE dump SET state = 'cancelled', reason = ?, finished_at = now(),"
            + " updated_at = now() WHERE id = ? AND "
            + OPEN
            + " RETURNING source, epoch, initial, id), said AS (UPDATE source SET reason = 'Its"
            + " first dump was cancelled, so that not every row is in its topic. Dump it.',"
            + " updated_at = now() FROM cancelled c WHERE c.initial AND source.name = c.source AND"
            + " source.epoch = c.epoch AND source.state = 'dumping')"
            + " SELECT id FROM cancelled",
        reason,
        id);
  }

  /** Changes a dump's settings; it follows with its next chunk. False when it is not open. */
  public boolean set(long id, Settings settings) {
    return told(
        "UPDATE dump SET chunk_rows = CAST(? AS int), delay_millis = CAST(? AS bigint), parallel ="
            + " CAST(? AS int), updated_at = now() WHERE id = ? AND "
            + OPEN,
        orNull(settings.chunkRows()),
        settings.delay().map(Duration::toMillis).orElse(null),
        orNull(settings.parallel()),
        id);
  }

  private boolean told(String sql, @Nullable Object... arguments) {
    return jdbi.inTransaction(
        handle -> {
          boolean changed =
              sql.startsWith("WITH")
                  ? handle.select(sql, arguments).mapTo(Long.class).findOne().isPresent()
                  : handle.execute(sql, arguments) == 1;
          wake(handle);
          return changed;
        });
  }

  /** Says that a dump runs, by whoever that is. Returns false when it is not to. */
  public boolean setRunning(long id) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "UPDATE dump SET state = 'running', started_at = coalesce(started_at, now()),"
                        + " updated_at = now() WHERE id = ? AND state IN ('requested', 'running')",
                    id)
                == 1);
  }

  /** Notes what is found out when a dump begins: its key's types and about how many rows. */
  public void setBegun(long id, String keyTypes, Estimate estimate) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET key_types = ?, estimated_rows = CAST(? AS bigint), estimated_by ="
                    + " ?, window_rows = 0, window_millis = 0, progressed_at = now(), updated_at ="
                    + " now() WHERE id = ?",
                keyTypes,
                estimate.rows().isPresent() ? estimate.rows().getAsLong() : null,
                estimate.by(),
                id));
  }

  /** Says what an open dump waits for; empty for nothing. */
  public void setReason(long id, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET reason = ?, updated_at = now() WHERE id = ? AND " + OPEN,
                reason,
                id));
  }

  /**
   * Writes the progress after finished chunks.
   *
   * @return false when the dump is not open any more, or the lease is another's
   */
  public boolean setProgress(long id, long generation, Progress progress) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    """
                    UPDATE dump SET ranges = CAST(? AS jsonb), last_key = CAST(? AS jsonb),
                      done_keys = ?, dumped_rows = ?, read_rows = ?, bytes = ?, chunks = ?,
                      window_rows = ?, window_millis = ?, progressed_at = now(), updated_at = now()
                    WHERE id = ? AND\s"""
                        + OPEN
                        + OWNED,
                    progress.ranges().isEmpty() ? null : Json.write(progress.ranges()),
                    progress.lastKey().map(Json::write).orElse(null),
                    progress.doneKeys(),
                    progress.writtenRows(),
                    progress.readRows(),
                    progress.bytes(),
                    progress.chunks(),
                    progress.windowRows(),
                    progress.windowMillis(),
                    id,
                    generation)
                == 1);
  }

  /**
   * Writes the progress of a dump that is read in one go, by whoever does it.
   *
   * @return false when it is not to go on: it was paused or cancelled meanwhile
   */
  public boolean setProgress(long id, List<String> lastKey, long dumpedRows) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "UPDATE dump SET last_key = CAST(? AS jsonb), dumped_rows = ?, read_rows = ?,"
                        + " progressed_at = now(), updated_at = now() WHERE id = ? AND state ="
                        + " 'running'",
                    Json.write(lastKey),
                    dumpedRows,
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
                    + " now() WHERE source = ? AND "
                    + OPEN,
                reason,
                source));
  }

  /** Ends a dump as done, failed or cancelled, by whoever did it. */
  public void finish(long id, State state, String reason, long dumpedRows) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE dump SET state = ?, reason = ?, dumped_rows = ?, finished_at = now(),"
                    + " updated_at = now() WHERE id = ? AND "
                    + OPEN,
                state.label(),
                reason,
                dumpedRows,
                id));
  }

  /**
   * Ends a dump as done or failed.
   *
   * @return false when it was not open any more, or the lease is another's
   */
  public boolean finish(long id, long generation, State state, String reason) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "UPDATE dump SET state = ?, reason = ?, finished_at = now(), updated_at = now()"
                        + " WHERE id = ? AND "
                        + OPEN
                        + OWNED,
                    state.label(),
                    reason,
                    id,
                    generation)
                == 1);
  }

  private static void wake(Handle handle) {
    handle.execute("NOTIFY " + CaptureStore.CHANNEL);
  }

  private static @Nullable Integer orNull(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : null;
  }

  private List<Dump> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT *, extract(epoch FROM clock_timestamp() - progressed_at) AS"
                        + " since_progress FROM dump "
                        + where,
                    arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static Dump read(ResultSet row) throws SQLException {
    String keys = row.getString("keys");
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
        new Settings(
            integer(row, "chunk_rows"),
            number(row, "delay_millis").stream().mapToObj(Duration::ofMillis).findFirst(),
            integer(row, "parallel")),
        progress(row),
        new Estimate(number(row, "estimated_rows"), row.getString("estimated_by")),
        row.getString("key_types"),
        row.getTimestamp("requested_at").toInstant(),
        time(row, "started_at"),
        time(row, "finished_at"),
        Optional.ofNullable(row.getBigDecimal("since_progress"))
            .map(seconds -> Duration.ofMillis(Math.max(0, seconds.movePointRight(3).longValue()))));
  }

  private static Progress progress(ResultSet row) throws SQLException {
    String ranges = row.getString("ranges");
    String lastKey = row.getString("last_key");
    return new Progress(
        ranges == null ? List.of() : Json.read(ranges, RANGES),
        lastKey == null ? Optional.empty() : Optional.of(Json.read(lastKey, KEY)),
        row.getInt("done_keys"),
        row.getLong("dumped_rows"),
        row.getLong("read_rows"),
        row.getLong("bytes"),
        row.getLong("chunks"),
        row.getLong("window_rows"),
        row.getLong("window_millis"));
  }

  private static OptionalInt integer(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private static OptionalLong number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
