package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Columns that rows lack which were written before, and the runs that fill them. Thread-safe. */
public final class BackfillStore {
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};
  private static final int KEPT_RUNS = 50;

  /** Together with a run's number, the advisory lock of whoever does it. */
  private static final int LOCK = 0x66696c6c;

  private final Jdbi jdbi;

  BackfillStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A column that older rows lack.
   *
   * @param rowsBefore how many rows the table had before
   */
  public record Offer(
      String table, String column, String pipeline, Instant since, long rowsBefore) {}

  /** What a run is doing. */
  public enum State {
    REQUESTED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether nothing comes after it. */
    public boolean isLast() {
      return this != REQUESTED && this != RUNNING;
    }
  }

  /**
   * A run.
   *
   * @param columns of the table
   * @param cancel whether somebody wants it to end
   * @param reason why it failed or what it waits for, or empty
   * @param failures in a row
   * @param progress how far it is
   */
  public record Run(
      long id,
      String pipeline,
      String table,
      List<String> columns,
      State state,
      boolean cancel,
      String reason,
      int failures,
      Progress progress,
      Instant requestedAt,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt) {
    /** Copies what is mutable. */
    public Run {
      columns = List.copyOf(columns);
    }
  }

  /**
   * How far a run is.
   *
   * @param recordsRead of the Sources' topics, in this attempt
   * @param rowsTotal to look at, in this attempt
   * @param rowsLookedAt in this attempt
   * @param rowsFilled in all attempts
   */
  public record Progress(long recordsRead, long rowsTotal, long rowsLookedAt, long rowsFilled) {
    /** Nothing was done. */
    public static final Progress NONE = new Progress(0, 0, 0, 0);
  }

  /** Offers columns of a table; one that is offered keeps its time. */
  public void offer(String pipeline, String table, Collection<String> columns, long rowsBefore) {
    jdbi.useTransaction(
        handle -> {
          for (String column : columns) {
            handle.execute(
                "INSERT INTO backfill_offer (table_name, column_name, pipeline, rows_before)"
                    + " VALUES (?, ?, ?, ?) ON CONFLICT (table_name, column_name)"
                    + " DO UPDATE SET pipeline = excluded.pipeline",
                table,
                column,
                pipeline,
                rowsBefore);
          }
        });
  }

  /** Forgets the offers of a table, except those of some columns. */
  public void keepOffers(String table, Collection<String> columns) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM backfill_offer WHERE table_name = ? AND column_name <> ALL (?)",
                table,
                columns.toArray(String[]::new)));
  }

  /** Returns what is offered for a pipeline, the oldest first. */
  public List<Offer> offers(String pipeline) {
    return offered("WHERE pipeline = ?", pipeline);
  }

  /** Returns all that is offered, by pipeline. */
  public Map<String, List<Offer>> offers() {
    return offered("").stream().collect(Collectors.groupingBy(Offer::pipeline));
  }

  private List<Offer> offered(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM backfill_offer "
                        + where
                        + " ORDER BY since, table_name, column_name",
                    arguments)
                .map(
                    (row, context) ->
                        new Offer(
                            row.getString("table_name"),
                            row.getString("column_name"),
                            row.getString("pipeline"),
                            row.getTimestamp("since").toInstant(),
                            row.getLong("rows_before")))
                .list());
  }

  /**
   * Notes that a run is wanted. The same run that is wanted already and has not ended is that one.
   *
   * @return its id
   */
  public long request(String pipeline, String table, List<String> columns) {
    String names = Json.write(columns.stream().sorted().toList());
    return jdbi.inTransaction(
        handle -> {
          handle.execute("LOCK TABLE backfill_run IN SHARE ROW EXCLUSIVE MODE");
          Optional<Long> open =
              handle
                  .select(
                      "SELECT id FROM backfill_run WHERE pipeline = ? AND table_name = ?"
                          + " AND columns = CAST(? AS jsonb) AND NOT cancel"
                          + " AND state IN ('requested', 'running')",
                      pipeline,
                      table,
                      names)
                  .mapTo(Long.class)
                  .findFirst();
          return open.orElseGet(
              () ->
                  handle
                      .select(
                          "INSERT INTO backfill_run (pipeline, table_name, columns)"
                              + " VALUES (?, ?, CAST(? AS jsonb)) RETURNING id",
                          pipeline,
                          table,
                          names)
                      .mapTo(Long.class)
                      .one());
        });
  }

  /** Returns the runs that have not ended and whose time has come, the oldest first. */
  public List<Run> due() {
    return query("WHERE state IN ('requested', 'running') AND retry_at <= now() ORDER BY id");
  }

  /**
   * Does something about a run while nobody else does; the lock goes with the session.
   *
   * @return empty when somebody else does
   */
  public <T> Optional<T> locked(long id, Supplier<T> work) {
    return SessionLock.holding(jdbi, LOCK, Long.toString(id), work);
  }

  /** Says that an attempt at a run begins. */
  public void start(long id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE backfill_run SET state = 'running', records_read = 0, rows_total = 0,"
                    + " rows_looked_at = 0, started_at = coalesce(started_at, now())"
                    + " WHERE id = ?",
                id));
  }

  /**
   * Says how far a run is. One that comes forward has not failed.
   *
   * @return whether it is to go on
   */
  public boolean progress(long id, Progress progress) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "UPDATE backfill_run SET records_read = ?, rows_total = ?, rows_looked_at = ?,"
                        + " rows_filled = ?, reason = '', failures = CASE WHEN ? > 0 THEN 0 ELSE failures END"
                        + " WHERE id = ? RETURNING NOT cancel",
                    progress.recordsRead(),
                    progress.rowsTotal(),
                    progress.rowsLookedAt(),
                    progress.rowsFilled(),
                    progress.rowsLookedAt(),
                    id)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /** Has a run tried again after a while. */
  public void setFailure(long id, int failures, String reason, Duration backOff) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE backfill_run SET failures = ?, reason = ?,"
                    + " retry_at = now() + ? * interval '1 millisecond' WHERE id = ?",
                failures,
                reason,
                backOff.toMillis(),
                id));
  }

  /** Ends a run, and forgets the oldest of its table. One that is done ends its columns' offers. */
  public void finish(Run run, State state, String reason) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE backfill_run SET state = ?, reason = ?, finished_at = now() WHERE id = ?",
              state.label(),
              reason,
              run.id());
          if (state == State.DONE) {
            handle.execute(
                "DELETE FROM backfill_offer WHERE table_name = ? AND column_name = ANY (?)",
                run.table(),
                run.columns().toArray(String[]::new));
          }
          handle.execute(
              "DELETE FROM backfill_run WHERE table_name = ?"
                  + " AND state NOT IN ('requested', 'running') AND id NOT IN"
                  + " (SELECT id FROM backfill_run WHERE table_name = ? ORDER BY id DESC LIMIT "
                  + KEPT_RUNS
                  + ")",
              run.table(),
              run.table());
        });
  }

  /**
   * Asks a run to end; what it has filled stays. One that has failed is given up; nothing happens
   * to one that has ended otherwise.
   */
  public void cancel(long id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE backfill_run SET cancel = true, retry_at = now(),"
                    + " state = CASE state WHEN 'failed' THEN 'cancelled' ELSE state END"
                    + " WHERE id = ?",
                id));
  }

  /** Returns a run by its id. */
  public Optional<Run> find(long id) {
    return query("WHERE id = ?", id).stream().findFirst();
  }

  /** Returns some runs of a pipeline, the newest first. */
  public List<Run> ofPipeline(String pipeline, int most) {
    return query("WHERE pipeline = ? ORDER BY id DESC LIMIT " + most, pipeline);
  }

  /** Returns the newest run of each table, and all that have not ended. */
  public List<Run> current() {
    return query(
        "WHERE state IN ('requested', 'running') OR id IN"
            + " (SELECT max(id) FROM backfill_run GROUP BY table_name) ORDER BY id");
  }

  /** Returns every run that has not ended, and the newest that have. */
  public List<Run> newest(int ended) {
    return query(
        "WHERE state IN ('requested', 'running') OR id IN (SELECT id FROM backfill_run"
            + " WHERE state NOT IN ('requested', 'running') ORDER BY id DESC LIMIT ?)"
            + " ORDER BY id DESC",
        ended);
  }

  /**
   * Returns the runs that failed while nobody asked for the same again, of pipelines that stand.
   */
  public List<Run> failed() {
    return query(
        "r WHERE state = 'failed' AND NOT EXISTS (SELECT 1 FROM backfill_run n"
            + " WHERE n.table_name = r.table_name AND n.id > r.id AND n.columns @> r.columns)"
            + " AND EXISTS (SELECT 1 FROM document d WHERE d.kind = 'Pipeline'"
            + " AND d.name = r.pipeline) ORDER BY id");
  }

  private List<Run> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM backfill_run " + where, arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static Run read(ResultSet row) throws SQLException {
    return new Run(
        row.getLong("id"),
        row.getString("pipeline"),
        row.getString("table_name"),
        Json.read(row.getString("columns"), NAMES),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getBoolean("cancel"),
        row.getString("reason"),
        row.getInt("failures"),
        new Progress(
            row.getLong("records_read"),
            row.getLong("rows_total"),
            row.getLong("rows_looked_at"),
            row.getLong("rows_filled")),
        row.getTimestamp("requested_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("started_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("finished_at")).map(Timestamp::toInstant));
  }
}
