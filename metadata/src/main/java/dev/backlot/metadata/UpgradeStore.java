package dev.backlot.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Upgrades of pipelines to plans for changed schemas, as they were tried. Thread-safe. */
public final class UpgradeStore {
  private final Jdbi jdbi;

  UpgradeStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** How far an upgrade is. */
  public enum State {
    /** The new plan's job has not proven yet that it runs. */
    RUNNING,
    DONE,
    /** The pipeline went back to the plan before; the reason says why. */
    UNDONE;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An upgrade.
   *
   * @param fromHash of the plan before
   * @param cause what has changed, in plain words
   * @param reason why it was undone, or empty
   */
  public record Upgrade(
      String pipeline,
      String fromHash,
      String toHash,
      String cause,
      State state,
      String reason,
      Instant startedAt,
      Optional<Instant> endedAt) {}

  /** Notes that an upgrade begins; one that was not finished goes on as this one. */
  public void begin(String pipeline, String fromHash, String toHash, String cause) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "DELETE FROM pipeline_upgrade WHERE pipeline = ? AND state = 'running'", pipeline);
          handle.execute(
              "INSERT INTO pipeline_upgrade (pipeline, from_hash, to_hash, cause, state)"
                  + " VALUES (?, ?, ?, ?, 'running')",
              pipeline,
              fromHash,
              toHash,
              cause);
        });
  }

  /** Notes how a pipeline's running upgrade has ended, if there is one. */
  public void end(String pipeline, State state, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE pipeline_upgrade SET state = ?, reason = ?, ended_at = now()"
                    + " WHERE pipeline = ? AND state = 'running'",
                state.label(),
                reason,
                pipeline));
  }

  /** Notes that a pipeline's running upgrade is over when another plan than its own is deployed. */
  public void endOthers(String pipeline, String planHash) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE pipeline_upgrade SET state = 'done', ended_at = now()"
                    + " WHERE pipeline = ? AND state = 'running' AND to_hash <> ?",
                pipeline,
                planHash));
  }

  /** Returns the upgrades that run, by pipeline. */
  public Map<String, Upgrade> running() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM pipeline_upgrade WHERE state = 'running'")
                .map((row, context) -> read(row))
                .collect(Collectors.toMap(Upgrade::pipeline, upgrade -> upgrade)));
  }

  /** Returns a pipeline's newest upgrades, newest first. */
  public List<Upgrade> newest(String pipeline, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM pipeline_upgrade WHERE pipeline = ? ORDER BY id DESC LIMIT ?",
                    pipeline,
                    most)
                .map((row, context) -> read(row))
                .list());
  }

  /** Forgets a pipeline's upgrades. */
  public void forget(String pipeline) {
    jdbi.useHandle(
        handle -> handle.execute("DELETE FROM pipeline_upgrade WHERE pipeline = ?", pipeline));
  }

  private static Upgrade read(ResultSet row) throws SQLException {
    return new Upgrade(
        row.getString("pipeline"),
        row.getString("from_hash"),
        row.getString("to_hash"),
        row.getString("cause"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        row.getTimestamp("started_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("ended_at")).map(Timestamp::toInstant));
  }
}
