package dev.backlot.controller.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.evolution.Evolution;
import dev.backlot.controller.evolution.Evolution.Judged;
import dev.backlot.controller.evolution.Evolution.SourceChange;
import dev.backlot.controller.pipeline.Verdict.BackOff;
import dev.backlot.controller.pipeline.Verdict.CleanUp;
import dev.backlot.controller.pipeline.Verdict.Deploy;
import dev.backlot.controller.pipeline.Verdict.Intent;
import dev.backlot.controller.pipeline.Verdict.Keep;
import dev.backlot.controller.pipeline.Verdict.Stop;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.metadata.UpgradeStore.Upgrade;
import dev.backlot.schema.evolution.ChangeKind;
import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaVerdict;
import dev.backlot.schema.evolution.Use;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
    return Verdict.decide(intent, job, status, Optional.empty(), Verdict.Schemas.UNCHANGED, NOW);
  }

  @Test
  void a_new_pipeline_is_deployed() {
    assertThat(decide(RUN, Optional.empty(), Optional.empty()))
        .isEqualTo(new Deploy(false, Map.of()));
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
            List.of(),
            List.of());
    assertThat(
            Verdict.decide(
                RUN,
                job("RUNNING", "h1", ""),
                status(State.RUNNING, 2, 0, 0),
                Optional.of(behind),
                Verdict.Schemas.UNCHANGED,
                NOW))
        .isEqualTo(new Keep(State.CATCHING_UP, "", ""));
  }

  @Test
  void a_new_revision_or_a_vanished_job_is_deployed() {
    assertThat(decide(RUN, job("RUNNING", "h1", ""), status(State.RUNNING, 1, 0, 0)))
        .isEqualTo(new Deploy(false, Map.of()));
    assertThat(decide(RUN, Optional.empty(), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Deploy(false, Map.of()));
  }

  @Test
  void a_job_of_another_plan_is_replaced() {
    assertThat(decide(RUN, job("RUNNING", "h9", ""), status(State.RUNNING, 2, 0, 0)))
        .isEqualTo(new Deploy(false, Map.of()));
  }

  @Test
  void a_failed_job_backs_off_then_is_deployed_again() {
    Optional<Job> failed = job("FAILED", "h1", "");

    assertThat(decide(RUN, failed, status(State.RUNNING, 2, 2, 0)))
        .isEqualTo(new BackOff("JOB_FAILED", "why", 3, Duration.ofSeconds(4)));
    assertThat(decide(RUN, failed, status(State.FAILED, 2, 3, 5)))
        .isEqualTo(new Keep(State.FAILED, "", "reason"));
    assertThat(decide(RUN, failed, status(State.FAILED, 2, 3, -1)))
        .isEqualTo(new Deploy(false, Map.of()));
    assertThat(Verdict.backOff(50)).isEqualTo(Duration.ofSeconds(60));
  }

  private static Judged judged(int id, Outcome... outcomes) {
    return new Judged(
        id,
        new SchemaVerdict(
            Arrays.stream(outcomes)
                .map(
                    outcome ->
                        new FieldVerdict(
                            "region",
                            ChangeKind.DROPPED,
                            Optional.of(Use.CONSUMED),
                            outcome,
                            "",
                            "it is consumed"))
                .toList()));
  }

  private static Evolution evolution(Judged... schemas) {
    return new Evolution(List.of(new SourceChange("movie", "movies", 4, List.of(schemas))));
  }

  private static Verdict decide(Evolution evolution, Optional<Upgrade> undone, int retryIn) {
    return Verdict.decide(
        RUN,
        job("RUNNING", "h1", ""),
        status(State.RUNNING, 2, 0, retryIn),
        Optional.empty(),
        new Verdict.Schemas(evolution, Optional.empty(), undone),
        NOW);
  }

  private static Upgrade upgrade(String toHash, UpgradeStore.State state) {
    return new Upgrade(
        "p", "h0", toHash, "movie: region added", state, "No slot.", NOW, Optional.of(NOW));
  }

  @Test
  void a_schema_that_is_the_same_to_a_pipeline_changes_nothing() {
    assertThat(decide(evolution(judged(5, Outcome.SAFE)), Optional.empty(), 0))
        .isEqualTo(new Keep(State.RUNNING, "", ""));
  }

  @Test
  void a_schema_with_more_upgrades_unless_an_upgrade_failed_just_now() {
    Evolution more = evolution(judged(5, Outcome.CHANGES), judged(6, Outcome.SAFE));

    assertThat(decide(more, Optional.empty(), 0)).isEqualTo(new Verdict.Upgrade(more));
    assertThat(more.upTo()).containsEntry("movie", 6);
    assertThat(decide(more, Optional.empty(), 5)).isEqualTo(new Keep(State.RUNNING, "", "reason"));
    Verdict held = decide(more, Optional.of(upgrade("h2", UpgradeStore.State.UNDONE)), 0);
    assertThat(held)
        .isEqualTo(
            new Keep(
                State.RUNNING,
                "UPGRADE_FAILED",
                "Cannot upgrade pipeline 'p' for a changed Source (movie: region added): No slot."
                    + " Events from the change on wait where they are, and it tries again by"
                    + " itself; or mend it and run `backlot restart pipeline p`."));
  }

  @Test
  void what_breaks_a_pipeline_blocks_it_behind_all_that_does_not() {
    Evolution broken = evolution(judged(5, Outcome.BREAKS, Outcome.CHANGES));
    Evolution later = evolution(judged(5, Outcome.CHANGES), judged(6, Outcome.BREAKS));
    Evolution repaired = evolution(judged(5, Outcome.BREAKS), judged(6, Outcome.SAFE));

    assertThat(decide(broken, Optional.empty(), 0))
        .isEqualTo(
            new Keep(
                State.BLOCKED,
                "SCHEMA_INCOMPATIBLE",
                "Cannot go on with pipeline 'p' past a change of its Source: field 'region' of"
                    + " 'movie' is dropped: it is consumed. Its events wait where they are; see the"
                    + " choices with `backlot describe pipeline p`."));
    assertThat(decide(later, Optional.empty(), 0)).isEqualTo(new Verdict.Upgrade(later));
    assertThat(later.upTo()).containsEntry("movie", 5);
    assertThat(decide(repaired, Optional.empty(), 0)).isEqualTo(new Verdict.Upgrade(repaired));
    assertThat(repaired.upTo()).containsEntry("movie", 6);
  }

  @Test
  void a_job_that_died_comes_back_under_no_more_than_a_plan_can_cover() {
    Evolution broken = evolution(judged(5, Outcome.SAFE), judged(6, Outcome.BREAKS));

    assertThat(
            Verdict.decide(
                RUN,
                Optional.empty(),
                status(State.RUNNING, 2, 0, 0),
                Optional.empty(),
                new Verdict.Schemas(broken, Optional.empty(), Optional.empty()),
                NOW))
        .isEqualTo(new Deploy(false, Map.of("movie", 5)));
  }

  @Test
  void a_blocked_pipeline_s_new_revision_may_stay_behind_the_change() {
    Evolution broken = evolution(judged(5, Outcome.SAFE), judged(6, Outcome.BREAKS));

    assertThat(
            Verdict.decide(
                RUN,
                job("RUNNING", "h1", ""),
                status(State.BLOCKED, 1, 0, 0),
                Optional.empty(),
                new Verdict.Schemas(broken, Optional.empty(), Optional.empty()),
                NOW))
        .isEqualTo(new Deploy(false, Map.of(), Map.of("movie", 5)));
  }

  @Test
  void an_upgrade_whose_job_fails_is_undone_and_another_job_s_failure_is_not_its() {
    for (String state : List.of("FAILED", "RESTARTING")) {
      Upgrade running = upgrade("h1", UpgradeStore.State.RUNNING);
      Verdict.Schemas schemas =
          new Verdict.Schemas(Evolution.NONE, Optional.of(running), Optional.empty());
      assertThat(
              Verdict.decide(
                  RUN,
                  job(state, "h1", ""),
                  status(State.RUNNING, 2, 0, 0),
                  Optional.empty(),
                  schemas,
                  NOW))
          .isEqualTo(new Verdict.Undo(running, "why"));
      assertThat(
              Verdict.decide(
                  RUN,
                  job(state, "h0", ""),
                  status(State.RUNNING, 2, 0, 0),
                  Optional.empty(),
                  schemas,
                  NOW))
          .isNotInstanceOf(Verdict.Undo.class);
    }
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
