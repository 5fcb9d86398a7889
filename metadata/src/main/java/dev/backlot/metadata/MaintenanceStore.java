package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Runs of table maintenance, what they remember, and files to delete later. Thread-safe. */
public final class MaintenanceStore {
  private static final TypeReference<Map<String, Object>> REPORT = new TypeReference<>() {};
  private static final int KEPT_RUNS = 50;

  /** Together with a table's name, the advisory lock of whoever maintains it. */
  private static final int LOCK = 0x6d61696e;

  private final Jdbi jdbi;

  MaintenanceStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a run is doing. */
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
   * A run.
   *
   * @param asked whether somebody asked for it; else it was due
   * @param work words for what it does
   * @param report what it did; empty before it is done
   */
  public record Run(
      long id,
      String table,
      boolean asked,
      List<String> work,
      State state,
      String reason,
      Instant requestedAt,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt,
      Map<String, Object> report) {}

  /** What is remembered of a table. */
  public record Memory(long rowsThatCount, Instant compactedAt, Instant sweptAt) {}

  /** Notes that a run is wanted or due. Returns its id. */
  public long request(String table, boolean asked, List<String> work) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "INSERT INTO maintenance_run (table_name, asked, work, state)"
                        + " VALUES (?, ?, ?, 'requested') RETURNING id",
                    table,
                    asked,
                    String.join(",", work))
                .mapTo(Long.class)
                .one());
  }

  /**
   * Says that a run begins, under its table's lock. Runs of the table that a controller left behind
   * when it ended have failed.
   */
  public void start(long id, String table) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE maintenance_run SET state = 'failed', finished_at = now(),"
                  + " reason = 'The controller that ran it has ended.'"
                  + " WHERE table_name = ? AND state = 'running'",
              table);
          handle.execute(
              "UPDATE maintenance_run SET state = 'running', started_at = now() WHERE id = ?", id);
        });
  }

  /** Ends a run, and forgets the oldest of its table. */
  public void finish(long id, String table, State state, String reason, Map<String, ?> report) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE maintenance_run SET state = ?, reason = ?, finished_at = now(),"
                  + " report = CAST(? AS jsonb) WHERE id = ?",
              state.label(),
              reason,
              Json.write(report),
              id);
          handle.execute(
              "DELETE FROM maintenance_run WHERE table_name = ? AND state IN ('done', 'failed')"
                  + " AND id NOT IN (SELECT id FROM maintenance_run WHERE table_name = ?"
                  + " ORDER BY id DESC LIMIT "
                  + KEPT_RUNS
                  + ")",
              table,
              table);
        });
  }

  /** Returns a run by its id. */
  public Optional<Run> find(long id) {
    return query("WHERE id = ?", id).stream().findFirst();
  }

  /** Returns some runs of a table, the newest first. */
  public List<Run> ofTable(String table, int most) {
    return query("WHERE table_name = ? ORDER BY id DESC LIMIT " + most, table);
  }

  /** Returns the newest run of each table, and all that are not finished. */
  public List<Run> current() {
    return query(
        "WHERE state IN ('requested', 'running') OR id IN"
            + " (SELECT max(id) FROM maintenance_run GROUP BY table_name) ORDER BY id");
  }

  /**
   * Returns every run that has not ended, and the newest that somebody asked for or that failed.
   */
  public List<Run> newest(int ended) {
    return query(
        "WHERE state IN ('requested', 'running') OR id IN (SELECT id FROM maintenance_run"
            + " WHERE state = 'failed' OR (state = 'done' AND asked) ORDER BY id DESC LIMIT ?)"
            + " ORDER BY id DESC",
        ended);
  }

  /** Returns what is remembered of a table. */
  public Optional<Memory> memory(String table) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM maintained_table WHERE table_name = ?", table)
                .map(
                    (row, context) ->
                        new Memory(
                            row.getLong("rows_that_count"),
                            row.getTimestamp("compacted_at").toInstant(),
                            row.getTimestamp("swept_at").toInstant()))
                .findFirst());
  }

  /** Remembers a table. */
  public void remember(String table, Memory memory) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO maintained_table VALUES (?, ?, ?, ?) ON CONFLICT (table_name) DO UPDATE"
                    + " SET rows_that_count = excluded.rows_that_count,"
                    + " compacted_at = excluded.compacted_at, swept_at = excluded.swept_at",
                table,
                memory.rowsThatCount(),
                Timestamp.from(memory.compactedAt()),
                Timestamp.from(memory.sweptAt())));
  }

  /** Forgets a table that is gone; what it left is its purge's business. */
  public void forget(String table) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM maintained_table WHERE table_name = ?", table);
          handle.execute("DELETE FROM maintenance_deletion WHERE table_name = ?", table);
        });
  }

  /**
   * Does something while no other session maintains the table; the lock goes with the session.
   *
   * @return empty when another one does
   */
  public <T> Optional<T> locked(String table, Supplier<T> work) {
    return SessionLock.holding(jdbi, LOCK, table, work);
  }

  /** Notes files to delete; one that is noted keeps its time. */
  public void addDeletions(String table, Collection<String> locations, Instant notBefore) {
    if (locations.isEmpty()) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  "INSERT INTO maintenance_deletion VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
          locations.forEach(location -> batch.add(table, location, Timestamp.from(notBefore)));
          batch.execute();
        });
  }

  /** Returns some files that are to be deleted by now. */
  public List<String> dueDeletions(String table, Instant now, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT location FROM maintenance_deletion WHERE table_name = ?"
                        + " AND not_before <= ? ORDER BY not_before LIMIT ?",
                    table,
                    Timestamp.from(now),
                    most)
                .mapTo(String.class)
                .list());
  }

  /** Forgets files that are deleted. */
  public void removeDeletions(String table, Collection<String> locations) {
    if (locations.isEmpty()) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  "DELETE FROM maintenance_deletion WHERE table_name = ? AND location = ?");
          locations.forEach(location -> batch.add(table, location));
          batch.execute();
        });
  }

  private List<Run> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM maintenance_run " + where, arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static Run read(ResultSet row) throws SQLException {
    String report = row.getString("report");
    String work = row.getString("work");
    return new Run(
        row.getLong("id"),
        row.getString("table_name"),
        row.getBoolean("asked"),
        work.isEmpty() ? List.of() : Arrays.asList(work.split(",")),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        row.getTimestamp("requested_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("started_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("finished_at")).map(Timestamp::toInstant),
        report == null ? Map.of() : Json.read(report, REPORT));
  }
}
