package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What to do next for one pipeline. Deciding is pure; the reconciler carries it out. */
sealed interface Verdict {
  /** Nothing is to be done; this is how it is. */
  record Keep(State state, String code, String reason) implements Verdict {}

  /** The job must end first. */
  record Stop(State state) implements Verdict {}

  /** The pipeline needs a plan, and a job for it. */
  record Deploy(boolean stopFirst) implements Verdict {}

  /** The job failed just now: say so, and try again after a while. */
  record BackOff(String code, String reason, int failures, Duration delay) implements Verdict {}

  /** Its job is gone: clean up what it leaves, then forget the pipeline. */
  record CleanUp() implements Verdict {}

  Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");
  Set<String> STARTING = Set.of("CREATED", "INITIALIZING", "RECONCILING");
  double CATCHING_UP_SECONDS = 10;
  Duration LONGEST_BACK_OFF = Duration.ofSeconds(60);

  /** What is wanted of a pipeline. */
  record Intent(String pipeline, long revision, boolean paused, boolean deleting) {}

  /**
   * Decides what to do.
   *
   * @param job what runs now, or has failed
   * @param status what was brought about so far
   */
  static Verdict decide(
      Intent intent,
      Optional<Job> job,
      Optional<Status> status,
      Optional<Progress> progress,
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
      return waiting && !restart ? keep(status) : new Deploy(restart && hasJob);
    }
    if (job.isEmpty()) {
      return waiting ? keep(status) : new Deploy(false);
    }
    Job current = job.get();
    if (!hasJob) {
      return afterEnd(current, status, waiting);
    }
    if (!current.planHash().equals(status.map(Status::planHash).orElse(""))) {
      return new Deploy(false);
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

  private static Verdict afterEnd(Job job, Optional<Status> status, boolean waiting) {
    if (waiting) {
      return keep(status);
    }
    if (status.flatMap(Status::retryAt).isPresent()
        || job.code().equals(ProblemCode.SCHEMA_NOT_COVERED.name())) {
      return new Deploy(false);
    }
    int failures = status.map(Status::failures).orElse(0) + 1;
    String reason = job.reason().isEmpty() ? "The job ended as " + job.state() + "." : job.reason();
    return new BackOff(orFailed(job.code()), reason, failures, backOff(failures));
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
