package dev.backlot.metadata;

import dev.backlot.model.spec.SpecKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What the reconciler has brought about for each pipeline, and its plans. Thread-safe. */
public final class PipelineStore {
  private final Jdbi jdbi;

  PipelineStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a pipeline is doing. */
  public enum State {
    DRAFT,
    DEPLOYING,
    RUNNING,
    CATCHING_UP,
    PAUSED,
    /** It needs a person; the reason says what to do. */
    BLOCKED,
    /** Its job failed; it is tried again by itself. */
    FAILED,
    DELETING;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A pipeline's status.
   *
   * @param code a problem code's name, or empty
   * @param reason why it is not as desired, or empty
   * @param since when it entered the state
   * @param revision of the document that is deployed; 0 before the first
   * @param planHash of the plan that is deployed, or empty
   * @param restartPending whether a restart was asked for and not done
   * @param failures in a row
   * @param retryAt when the next try is due
   */
  public record Status(
      String pipeline,
      State state,
      String code,
      String reason,
      Instant since,
      long revision,
      String planHash,
      boolean restartPending,
      int failures,
      Optional<Instant> retryAt) {}

  /** Returns every pipeline's status, by name. */
  public List<Status> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM pipeline_status ORDER BY pipeline")
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns a pipeline's status once the reconciler has seen it. */
  public Optional<Status> find(String pipeline) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM pipeline_status WHERE pipeline = ?", pipeline)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Sets state and reason; a change of state starts anew its {@code since} and is an event. */
  public void setState(String pipeline, State state, String code, String reason) {
    jdbi.useTransaction(
        handle -> {
          Optional<Status> before =
              handle
                  .select("SELECT * FROM pipeline_status WHERE pipeline = ? FOR UPDATE", pipeline)
                  .map((row, context) -> read(row))
                  .findOne();
          boolean sameState = before.map(Status::state).filter(state::equals).isPresent();
          if (sameState && before.map(Status::reason).filter(reason::equals).isPresent()) {
            return;
          }
          handle.execute(
              """
              INSERT INTO pipeline_status (pipeline, state, code, reason) VALUES (?, ?, ?, ?)
              ON CONFLICT (pipeline) DO UPDATE SET
                since = CASE WHEN pipeline_status.state = excluded.state
                  THEN pipeline_status.since ELSE now() END,
                state = excluded.state, code = excluded.code, reason = excluded.reason,
                updated_at = now()
              """,
              pipeline,
              state.label(),
              code,
              reason);
          DocumentStore.addEvent(handle, SpecKind.PIPELINE, pipeline, state.label(), code, reason);
        });
  }

  /** Says which plan of which revision was handed to the data plane, and ends a restart. */
  public void setDeployed(String pipeline, long revision, String planHash, String planJson) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              INSERT INTO pipeline_status (pipeline, state, revision, plan_hash)
              VALUES (?, 'deploying', ?, ?)
              ON CONFLICT (pipeline) DO UPDATE SET revision = excluded.revision,
                plan_hash = excluded.plan_hash, restarted = pipeline_status.restart,
                retry_at = NULL, updated_at = now()
              """,
              pipeline,
              revision,
              planHash);
          handle.execute(
              """
              INSERT INTO pipeline_plan (pipeline, hash, revision, plan) VALUES (?, ?, ?, CAST(? AS json))
              ON CONFLICT (pipeline, hash) DO UPDATE SET revision = excluded.revision, created_at = now()
              """,
              pipeline,
              planHash,
              revision,
              planJson);
        });
  }

  /** Counts a failure and sets when the next try is due. */
  public void setFailure(String pipeline, int failures, Duration backOff) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE pipeline_status SET failures = ?, retry_at = now() + ? * interval '1"
                    + " millisecond' WHERE pipeline = ?",
                failures,
                backOff.toMillis(),
                pipeline));
  }

  /** Forgets failures: it has run well for a while, or a person asked for a new try. */
  public void clearFailures(String pipeline) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE pipeline_status SET failures = 0, retry_at = NULL WHERE pipeline = ?",
                pipeline));
  }

  /** Returns how often each pipeline's job has failed within a time, going on or not. */
  public Map<String, Integer> failedWithin(Duration time) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT name, count(*)::int AS failures FROM (
                      SELECT name, state, lag(state) OVER (PARTITION BY name ORDER BY id) AS before
                      FROM document_event
                      WHERE kind = 'Pipeline' AND at > now() - ? * interval '1 millisecond') e
                    WHERE state = 'failed' AND before IS DISTINCT FROM 'failed' GROUP BY name
                    """,
                    time.toMillis())
                .collectRows(
                    Collectors.toMap(
                        row -> row.getColumn("name", String.class),
                        row -> row.getColumn("failures", Integer.class))));
  }

  /** Returns the pipelines whose deployed plan reads an epoch of a Source that is over. */
  public List<String> readingOldEpochs() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT DISTINCT s.pipeline FROM pipeline_status s
                    JOIN pipeline_plan p ON p.pipeline = s.pipeline AND p.hash = s.plan_hash
                    CROSS JOIN LATERAL json_array_elements(p.plan -> 'sources') planned
                    JOIN source ON source.name = planned ->> 'name' AND source.state <> 'removed'
                    WHERE source.epoch > (planned ->> 'epoch')::int AND s.restart <= s.restarted
                    ORDER BY s.pipeline
                    """)
                .mapTo(String.class)
                .list());
  }

  /** Asks for a restart with a fresh plan. */
  public void requestRestart(String pipeline) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE pipeline_status SET restart = restart + 1, failures = 0, retry_at = NULL"
                    + " WHERE pipeline = ?",
                pipeline));
  }

  /** Returns the JSON of a pipeline's deployed plan. */
  public Optional<String> deployedPlan(String pipeline) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT p.plan FROM pipeline_plan p JOIN pipeline_status s"
                        + " ON s.pipeline = p.pipeline AND s.plan_hash = p.hash"
                        + " WHERE p.pipeline = ?",
                    pipeline)
                .mapTo(String.class)
                .findOne());
  }

  /** Returns the JSON of a plan that a pipeline has had. */
  public Optional<String> plan(String pipeline, String hash) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT plan FROM pipeline_plan WHERE pipeline = ? AND hash = ?",
                    pipeline,
                    hash)
                .mapTo(String.class)
                .findOne());
  }

  /** Returns the database's time, by which all stored times go. */
  public Instant now() {
    return jdbi.withHandle(
        handle ->
            handle.select("SELECT clock_timestamp()").mapTo(Timestamp.class).one().toInstant());
  }

  private static Status read(ResultSet row) throws SQLException {
    return new Status(
        row.getString("pipeline"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("code"),
        row.getString("reason"),
        row.getTimestamp("since").toInstant(),
        row.getLong("revision"),
        row.getString("plan_hash"),
        row.getLong("restart") > row.getLong("restarted"),
        row.getInt("failures"),
        Optional.ofNullable(row.getTimestamp("retry_at")).map(Timestamp::toInstant));
  }
}
