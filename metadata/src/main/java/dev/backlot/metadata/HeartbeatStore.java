package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats: what capture has written of them, and what tables show of them. Bounded: of each
 * connection's beats only the newest {@link #KEPT} stay. Thread-safe.
 */
public final class HeartbeatStore {
  /** Heartbeats that are kept of each connection. */
  public static final int KEPT = 180;

  private static final TypeReference<Map<String, List<Long>>> OFFSETS = new TypeReference<>() {};
  private static final TypeReference<List<Window>> WINDOWS = new TypeReference<>() {};

  private final Jdbi jdbi;

  HeartbeatStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Which change a heartbeat stands for. */
  public enum Operation {
    CREATE,
    UPDATE,
    DELETE;

    /** Returns the operation of a heartbeat by its number: they take turns. */
    public static Operation of(long sequence) {
      return values()[(int) Math.floorMod(sequence - 1, (long) values().length)];
    }

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A heartbeat that Kafka has acknowledged in every partition of every Source of its connection.
   *
   * @param sequence from 1, growing by one, over all owners
   * @param operation as {@link Operation#label}
   * @param committedAt when the source committed it, by its clock
   * @param writtenAt when Kafka had acknowledged it, by capture's clock
   * @param offsets of its marks per partition, by topic
   */
  public record Beat(
      String connection,
      long sequence,
      String operation,
      Instant committedAt,
      Instant writtenAt,
      Map<String, List<Long>> offsets) {
    /** Copies what is mutable. */
    public Beat {
      offsets = Map.copyOf(offsets);
    }
  }

  /**
   * What capture wrote into a topic.
   *
   * @param marks records that are no changes
   * @param changes records of changes and of dumps
   */
  public record Volume(long marks, long changes) {}

  /** Percentiles of a stage's latency, in seconds. */
  public record Percentiles(double p50, double p95, double p99) {}

  /**
   * Latencies of the heartbeats of the last so many seconds.
   *
   * @param count how many heartbeats
   * @param topic from commit until Kafka had acknowledged it
   * @param table from there until the table's snapshot
   * @param total from commit to snapshot
   */
  public record Window(
      int seconds, int count, Percentiles topic, Percentiles table, Percentiles total) {}

  /**
   * The newest heartbeat that a table shows.
   *
   * @param beat without offsets; empty before the first
   * @param shownAt when the table's snapshot was made that shows it
   * @param stillSince since when a partition of the table has stood still before a heartbeat that
   *     it does not show; empty when none does
   * @param lookedAt when somebody looked last
   */
  public record Shown(
      String pipeline,
      String sink,
      String table,
      String connection,
      Optional<Beat> beat,
      Optional<Instant> shownAt,
      Optional<Instant> stillSince,
      List<Window> windows,
      Instant lookedAt) {
    /** Copies what is mutable. */
    public Shown {
      windows = List.copyOf(windows);
    }

    /** Returns how long the newest heartbeat took from commit to table, in seconds. */
    public Optional<Double> seconds() {
      return beat.flatMap(
          known -> shownAt.map(at -> HeartbeatStore.seconds(known.committedAt(), at)));
    }
  }

  /** Returns the seconds from one time to another; clocks that differ never make it negative. */
  public static double seconds(Instant from, Instant to) {
    return Math.max(0, java.time.Duration.between(from, to).toNanos() / 1e9);
  }

  /** Returns the number of a connection's last heartbeat; 0 before the first. */
  public long lastSequence(String connection) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT coalesce(max(sequence), 0) FROM heartbeat WHERE connection = ?",
                    connection)
                .mapTo(Long.class)
                .one());
  }

  /**
   * Notes a heartbeat, and lets old ones go.
   *
   * @param volumes what was written since the last heartbeat, by topic
   */
  public void add(Beat beat, Map<String, Volume> volumes) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              INSERT INTO heartbeat (connection, sequence, operation, committed_at, written_at, offsets)
              VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb)) ON CONFLICT DO NOTHING
              """,
              beat.connection(),
              beat.sequence(),
              beat.operation(),
              Timestamp.from(beat.committedAt()),
              Timestamp.from(beat.writtenAt()),
              Json.write(beat.offsets()));
          handle.execute(
              "DELETE FROM heartbeat WHERE connection = ? AND sequence <= ?",
              beat.connection(),
              beat.sequence() - KEPT);
          handle.execute(
              """
              INSERT INTO source_marks (topic, marks, changes)
              SELECT key, (value ->> 'marks')::bigint, (value ->> 'changes')::bigint
              FROM jsonb_each(CAST(? AS jsonb))
              ON CONFLICT (topic) DO UPDATE SET marks = source_marks.marks + excluded.marks,
                changes = source_marks.changes + excluded.changes
              """,
              Json.write(volumes));
        });
  }

  /** Returns a connection's heartbeats behind a number, oldest first. */
  public List<Beat> since(String connection, long sequence) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM heartbeat WHERE connection = ? AND sequence > ? ORDER BY sequence",
                    connection,
                    sequence)
                .map((row, context) -> beat(row))
                .list());
  }

  /** Returns the newest heartbeat of each connection that has one, without offsets. */
  public List<Beat> newest() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT DISTINCT ON (connection) connection, sequence, operation, committed_at,
                      written_at, '{}' AS offsets
                    FROM heartbeat ORDER BY connection, sequence DESC
                    """)
                .map((row, context) -> beat(row))
                .list());
  }

  /** Returns how many offsets of a topic marks have taken. */
  public long marks(String topic) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT marks FROM source_marks WHERE topic = ?", topic)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
  }

  /** Returns what capture has written into each topic since it has sent heartbeats. */
  public Map<String, Volume> volumes() {
    Map<String, Volume> volumes = new HashMap<>();
    jdbi.useHandle(
        handle ->
            handle
                .select("SELECT topic, marks, changes FROM source_marks")
                .map(
                    (row, context) ->
                        volumes.put(
                            row.getString("topic"),
                            new Volume(row.getLong("marks"), row.getLong("changes"))))
                .list());
    return volumes;
  }

  /** Notes what tables show; each replaces what was known. */
  public void put(Collection<Shown> all) {
    if (all.isEmpty()) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          var batch =
              handle.prepareBatch(
                  """
                  INSERT INTO table_heartbeat (pipeline, sink, table_name, connection, sequence,
                    operation, committed_at, written_at, shown_at, still_since, windows, looked_at)
                  VALUES (:pipeline, :sink, :table, :connection, :sequence, :operation, :committed,
                    :written, :shown, :still, CAST(:windows AS jsonb), :looked)
                  ON CONFLICT (pipeline, sink, connection) DO UPDATE SET
                    table_name = excluded.table_name, sequence = excluded.sequence,
                    operation = excluded.operation, committed_at = excluded.committed_at,
                    written_at = excluded.written_at, shown_at = excluded.shown_at,
                    still_since = excluded.still_since, windows = excluded.windows,
                    looked_at = excluded.looked_at
                  """);
          for (Shown shown : all) {
            batch
                .bind("pipeline", shown.pipeline())
                .bind("sink", shown.sink())
                .bind("table", shown.table())
                .bind("connection", shown.connection())
                .bind("sequence", shown.beat().map(Beat::sequence).orElse(0L))
                .bind("operation", shown.beat().map(Beat::operation).orElse(""))
                .bind("committed", time(shown.beat().map(Beat::committedAt)))
                .bind("written", time(shown.beat().map(Beat::writtenAt)))
                .bind("shown", time(shown.shownAt()))
                .bind("still", time(shown.stillSince()))
                .bind("windows", Json.write(shown.windows()))
                .bind("looked", Timestamp.from(shown.lookedAt()))
                .add();
          }
          batch.execute();
        });
  }

  /** Returns what every table shows, by pipeline and table. */
  public List<Shown> shown() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM table_heartbeat ORDER BY pipeline, table_name, connection")
                .map((row, context) -> shown(row))
                .list());
  }

  /** Forgets what tables of other pipelines than these showed. */
  public void keepOnly(Collection<String> pipelines) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM table_heartbeat WHERE NOT (pipeline = ANY (?))",
                (Object) pipelines.toArray(String[]::new)));
  }

  private static @Nullable Timestamp time(Optional<Instant> time) {
    return time.map(Timestamp::from).orElse(null);
  }

  private static Beat beat(ResultSet row) throws SQLException {
    return new Beat(
        row.getString("connection"),
        row.getLong("sequence"),
        row.getString("operation"),
        row.getTimestamp("committed_at").toInstant(),
        row.getTimestamp("written_at").toInstant(),
        Json.read(row.getString("offsets"), OFFSETS));
  }

  private static Shown shown(ResultSet row) throws SQLException {
    Optional<Beat> beat =
        row.getLong("sequence") == 0
            ? Optional.empty()
            : Optional.of(
                new Beat(
                    row.getString("connection"),
                    row.getLong("sequence"),
                    row.getString("operation"),
                    row.getTimestamp("committed_at").toInstant(),
                    row.getTimestamp("written_at").toInstant(),
                    new HashMap<>()));
    return new Shown(
        row.getString("pipeline"),
        row.getString("sink"),
        row.getString("table_name"),
        row.getString("connection"),
        beat,
        Optional.ofNullable(row.getTimestamp("shown_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("still_since")).map(Timestamp::toInstant),
        Json.read(row.getString("windows"), WINDOWS),
        row.getTimestamp("looked_at").toInstant());
  }
}
