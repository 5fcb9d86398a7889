package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.evolution.Evolution;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.model.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What to do next for one pipeline. Deciding is pure; the reconciler carries it out. */
sealed interface Verdict {
  /** Nothing is to be done; this is how it is. */
  record Keep(State state, String code, String reason) implements Verdict {}

  /** The job must end first. */
  record Stop(State state) implements Verdict {}

  /**
   * The pipeline needs a plan, and a job for it.
   *
   * @param upTo by Source, the newest schema that the plan may know; all unless told
   * @param orUpTo the same for a second plan when there can't be the first; none if empty
   */
  record Deploy(boolean stopFirst, Map<String, Integer> upTo, Map<String, Integer> orUpTo)
      implements Verdict {
    /** Copies what is mutable. */
    public Deploy {
      upTo = Map.copyOf(upTo);
      orUpTo = Map.copyOf(orUpTo);
    }

    Deploy(boolean stopFirst, Map<String, Integer> upTo) {
      this(stopFirst, upTo, Map.of());
    }
  }

  /** Sources have other schemas, which a new plan covers. */
  record Upgrade(Evolution evolution) implements Verdict {}

  /** The plan that a change of schema led to does not run. */
  record Undo(UpgradeStore.Upgrade upgrade, String reason) implements Verdict {}

  /** The job failed just now: say so, and try again after a while. */
  record BackOff(String code, String reason, int failures, Duration delay) implements Verdict {}

  /** Its job is gone: clean up what it leaves, then forget the pipeline. */
  record CleanUp() implements Verdict {}

  Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");
  Set<String> FAILING = Set.of("FAILED", "FAILING", "RESTARTING");
  Set<String> STARTING = Set.of("CREATED", "INITIALIZING", "RECONCILING");
  double CATCHING_UP_SECONDS = 10;
  Duration LONGEST_BACK_OFF = Duration.ofSeconds(60);

  /**
   * What is known of a pipeline's schemas.
   *
   * @param evolution what has become of its Sources since it was planned
   * @param running an upgrade whose job has not proven yet that it runs
   * @param undone an upgrade that was undone and is not to be tried again yet
   */
  record Schemas(
      Evolution evolution,
      Optional<UpgradeStore.Upgrade> running,
      Optional<UpgradeStore.Upgrade> undone) {
    /** Nothing has changed. */
    static final Schemas UNCHANGED =
        new Schemas(Evolution.NONE, Optional.empty(), Optional.empty());

    /** Returns where a blocked pipeline goes on with a document that does not unblock it. */
    Map<String, Integer> orUpTo() {
      return evolution.breaking().isEmpty() ? Map.of() : upTo();
    }

    /** Returns up to which schemas a plan may be made. */
    Map<String, Integer> upTo() {
      return undone.isPresent() ? evolution.planned() : evolution.upTo();
    }
  }

  /** What is wanted of a pipeline. */
  record Intent(String pipeline, long revision, boolean paused, boolean deleting) {}

  /**
   * Decides what to do.
   *
   * @param job what runs now, or has failed
   * @param status what was brought about so far
   * @param schemas of what is brought about
   */
  static Verdict decide(
      Intent intent,
      Optional<Job> job,
      Optional<Status> status,
      Optional<Progress> progress,
      Schemas schemas,
      Instant now) {
    boolean hasJob = job.filter(Verdict::isLive).isPresent();
    if (intent.deleting()) {
      return hasJob ? new Stop(State.DELETING) : new CleanUp();
    }
    if (intent.paused()) {
      return hasJob ? new Stop(State.PAUSED) : new Keep(State.PAUSED, "", "");
    }
    boolean restart = status.map(Status::restartPending).orElse(false);
    boolean changed = restart || status.map(Status::revision).orElse(0L) != intent.revision();
    boolean waiting = status.flatMap(Status::retryAt).map(time -> now.isBefore(time)).orElse(false);
    if (changed) {
      // a document that could not be deployed is tried again after a while, not every second
      return waiting && !restart
          ? keep(status)
          : new Deploy(restart && hasJob, Map.of(), schemas.orUpTo());
    }
    if (job.isEmpty()) {
      return waiting ? keep(status) : new Deploy(false, schemas.upTo());
    }
    Job current = job.get();
    Optional<Verdict> undo = undo(current, schemas);
    if (undo.isPresent()) {
      return undo.get();
    }
    if (!hasJob) {
      return afterEnd(current, status, schemas, waiting);
    }
    if (!current.planHash().equals(status.map(Status::planHash).orElse(""))) {
      return new Deploy(false, schemas.upTo());
    }
    return live(intent, current, status, progress, schemas, waiting);
  }

  /** A new plan's job that can't run is no reason to stop for a pipeline that could. */
  private static Optional<Verdict> undo(Job job, Schemas schemas) {
    boolean fails = FAILING.contains(job.state());
    return schemas
        .running()
        .filter(upgrade -> fails && upgrade.toHash().equals(job.planHash()))
        .map(upgrade -> new Undo(upgrade, reason(job)));
  }

  private static Verdict live(
      Intent intent,
      Job current,
      Optional<Status> status,
      Optional<Progress> progress,
      Schemas schemas,
      boolean waiting) {
    Evolution evolution = schemas.evolution();
    if (evolution.needsPlan() && schemas.undone().isEmpty()) {
      return waiting ? keep(status) : new Upgrade(evolution);
    }
    if (!evolution.breaking().isEmpty()) {
      return new Keep(
          State.BLOCKED,
          ProblemCode.SCHEMA_INCOMPATIBLE.name(),
          evolution.reason(intent.pipeline()));
    }
    if (evolution.needsPlan()) {
      return new Keep(
          liveState(current, status, progress),
          ProblemCode.UPGRADE_FAILED.name(),
          held(intent.pipeline(), schemas.undone().orElseThrow()));
    }
    return new Keep(
        liveState(current, status, progress),
        current.state().equals("RESTARTING") ? orFailed(current.code()) : "",
        current.state().equals("RESTARTING") ? "The job restarts: " + current.reason() : "");
  }

  /** Flink lists jobs for a while after they ended. */
  static boolean isLive(Job job) {
    return !ENDED.contains(job.state());
  }

  private static String held(String pipeline, UpgradeStore.Upgrade undone) {
    return "Cannot upgrade pipeline '%s' for a changed Source (%s): %s Events from the change on wait where they are, and it tries again by itself; or mend it and run `backlot restart pipeline %s`."
        .formatted(pipeline, undone.cause(), sentence(undone.reason()), pipeline);
  }

  private static String sentence(String reason) {
    return reason.endsWith(".") ? reason : reason + ".";
  }

  private static Verdict afterEnd(
      Job job, Optional<Status> status, Schemas schemas, boolean waiting) {
    if (waiting) {
      return keep(status);
    }
    if (status.flatMap(Status::retryAt).isPresent()) {
      return new Deploy(false, schemas.upTo());
    }
    int failures = status.map(Status::failures).orElse(0) + 1;
    return new BackOff(orFailed(job.code()), reason(job), failures, backOff(failures));
  }

  private static String reason(Job job) {
    return job.reason().isEmpty() ? "The job ended as " + job.state() + "." : job.reason();
  }

  private static Verdict keep(Optional<Status> status) {
    return status
        .<Verdict>map(known -> new Keep(known.state(), known.code(), known.reason()))
        .orElseGet(() -> new Keep(State.DEPLOYING, "", ""));
  }

  private static State liveState(Job job, Optional<Status> status, Optional<Progress> progress) {
    if (job.state().equals("RESTARTING") || job.state().equals("FAILING")) {
      return State.FAILED;
    }
    if (STARTING.contains(job.state())) {
      return State.DEPLOYING;
    }
    Optional<Double> lag = progress.flatMap(Progress::lagSeconds);
    boolean behind = lag.map(seconds -> seconds > CATCHING_UP_SECONDS).orElse(false);
    boolean wasCatchingUp =
        status.map(Status::state).filter(state -> state == State.CATCHING_UP).isPresent();
    if (wasCatchingUp && lag.isEmpty()) {
      return State.CATCHING_UP;
    }
    return behind ? State.CATCHING_UP : State.RUNNING;
  }

  private static String orFailed(String code) {
    return code.isEmpty() ? ProblemCode.JOB_FAILED.name() : code;
  }

  /** Returns 1, 2, 4 … 60 seconds. */
  static Duration backOff(int failures) {
    Duration delay = Duration.ofSeconds(1L << Math.min(6, failures - 1));
    return delay.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : delay;
  }
}
