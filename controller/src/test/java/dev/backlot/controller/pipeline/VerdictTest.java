package dev.backlot.controller.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.pipeline.Verdict.BackOff;
import dev.backlot.controller.pipeline.Verdict.CleanUp;
import dev.backlot.controller.pipeline.Verdict.Deploy;
import dev.backlot.controller.pipeline.Verdict.Intent;
import dev.backlot.controller.pipeline.Verdict.Keep;
import dev.backlot.controller.pipeline.Verdict.Stop;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Intent RUN = new Intent("p", 2, false, false);

  private static Optional<Job> job(String state, String hash, String code) {
    return Optional.of(new Job("p", hash, "j1", state, Optional.of(NOW), code, "why"));
  }

  private static Optional<Status> status(State state, long revision, int failures, int retryIn) {
    Optional<Instant> retryAt =
        retryIn == 0 ? Optional.empty() : Optional.of(NOW.plusSeconds(retryIn));
    return Optional.of(
        new Status("p", state, "", "reason", NOW, revision, "h1", false, failures, retryAt));
  }

  private static Verdict decide(Intent intent, Optional<Job> job, Optional<Status> status) {
    return Verdict.decide(intent, job, status, Optional.empty(), NOW);
  }

  @Test
  void a_new_pipeline_is_deployed() {
    assertThat(decide(RUN, Optional.empty(), Optional.empty())).isEqualTo(new Deploy(false));
  }

  @Test
  void a_running_job_of_the_deployed_plan_is_kept() {
    assertThat(decide(RUN, job("RUNNING", "h1", ""), status(State.DEPLOYING, 2, 0, 0)))
        .isEqualTo(new Keep(State.RUNNING, "", ""));
    assertThat(decide(RUN, job("CREATED", "h1", ""), status(State.DEPLOYING, 2, 0, 0)))
        .isEqualTo(new Keep(State.DEPLOYING, "", ""));
  }

  @Test
  void lag_makes_it_catching_up() {
    Progress behind =
        new Progress(
            Optional.of(9L),
            Optional.of(11.0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "",
            List.of());
    assertThat(
            Verdict.decide(
                RUN,
                job("RUNNING", "h1", ""),
                status(State.RUNNING, 2, 0, 0),
                Optional.of(behind),
                NOW))
        .isEqualTo(new Keep(State.CATCHING_UP, "", ""));
  }

  @Test
  void a_new_revision_or_a_vanished_job_is_deployed() {
    assertThat(decide(RUN, job("RUNNING", "h1", ""), status(State.RUNNING, 1, 0, 0)))
        .isEqualTo(new Deploy(false));
    assertThat(decide(RUN, Optional.empty(), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Deploy(false));
  }

  @Test
  void a_job_of_another_plan_is_replaced() {
    assertThat(decide(RUN, job("RUNNING", "h9", ""), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Deploy(false));
  }

  @Test
  void a_failed_job_backs_off_then_is_deployed_again() {
    Optional<Job> failed = job("FAILED", "h1", "");

    assertThat(decide(RUN, failed, status(State.RUNNING, 2, 2, 0)))
        .isEqualTo(new BackOff("JOB_FAILED", "why", 3, Duration.ofSeconds(4)));
    assertThat(decide(RUN, failed, status(State.FAILED, 2, 3, 5)))
        .isEqualTo(new Keep(State.FAILED, "", "reason"));
    assertThat(decide(RUN, failed, status(State.FAILED, 2, 3, -1))).isEqualTo(new Deploy(false));
    assertThat(Verdict.backOff(50)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void an_uncovered_schema_is_replanned_at_once() {
    assertThat(
            decide(RUN, job("FAILED", "h1", "SCHEMA_NOT_COVERED"), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Deploy(false));
  }

  @Test
  void pausing_and_deleting_stop_a_live_job_only() {
    Intent pause = new Intent("p", 3, true, false);
    Intent delete = new Intent("p", 3, false, true);

    assertThat(decide(pause, job("RUNNING", "h1", ""), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Stop(State.PAUSED));
    assertThat(decide(pause, job("CANCELED", "h1", ""), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Keep(State.PAUSED, "", ""));
    assertThat(decide(delete, job("RUNNING", "h1", ""), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Stop(State.DELETING));
    assertThat(decide(delete, job("CANCELED", "h1", ""), status(State.PAUSED, 2, 0, 0)))
        .isEqualTo(new CleanUp());
  }

  @Test
  void a_blocked_revision_is_tried_again_after_a_while_beside_the_older_job() {
    assertThat(decide(RUN, Optional.empty(), status(State.BLOCKED, 1, 0, 5)))
        .isEqualTo(new Keep(State.BLOCKED, "", "reason"));
    assertThat(decide(RUN, job("RUNNING", "h1", ""), status(State.BLOCKED, 1, 0, 5)))
        .isEqualTo(new Keep(State.BLOCKED, "", "reason"));
  }
}
