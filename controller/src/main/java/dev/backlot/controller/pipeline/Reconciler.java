package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Planned;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.metrics.ReconcilerMetrics;
import dev.backlot.controller.pipeline.Verdict.BackOff;
import dev.backlot.controller.pipeline.Verdict.CleanUp;
import dev.backlot.controller.pipeline.Verdict.Deploy;
import dev.backlot.controller.pipeline.Verdict.Intent;
import dev.backlot.controller.pipeline.Verdict.Keep;
import dev.backlot.controller.pipeline.Verdict.Stop;
import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the world to what the documents say: every second, and at once after a change. Each step
 * is idempotent, so a controller that dies in the middle loses nothing; only the leader acts. What
 * can't be done is written into the pipeline's status and tried again.
 */
public final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration BLOCKED_RETRY = Duration.ofSeconds(5);
  private static final Duration WAITING_RETRY = Duration.ofSeconds(1);
  private static final Duration EPOCHS = Duration.ofSeconds(3);
  private static final Duration WELL = Duration.ofSeconds(60);

  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final DataPlane dataPlane;
  private final LeaderLock leader;
  private final CleanUps cleanUps;
  private final ProgressBoard progress;
  private final SourceStates sourceStates;
  private final ReconcilerMetrics metrics;
  private final Object alarm = new Object();
  private boolean awake;
  private volatile boolean closed;
  private int unreachable;
  private long epochsSeen = System.nanoTime();

  /** Prepares a reconciler; {@link #start} sets it going. */
  public Reconciler(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      dev.backlot.model.platform.PlatformConfig config,
      CleanUps cleanUps,
      ProgressBoard progress,
      ReconcilerMetrics metrics) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.dataPlane = dataPlane;
    this.leader = new LeaderLock(config.metadata());
    this.cleanUps = cleanUps;
    this.progress = progress;
    this.sourceStates = new SourceStates(metadata);
    this.metrics = metrics;
  }

  /** Starts the one thread that reconciles. */
  public void start() {
    Thread thread = new Thread(this::run, "reconciler");
    thread.setDaemon(true);
    thread.start();
  }

  /** Makes the reconciler look at once. */
  public void wake() {
    synchronized (alarm) {
      awake = true;
      alarm.notifyAll();
    }
  }

  /** Returns whether this controller is the one that acts. */
  public boolean isLeading() {
    return leader.isLeading();
  }

  private void run() {
    while (!closed) {
      try {
        if (leader.tryLead()) {
          long begin = System.nanoTime();
          reconcile();
          metrics.done(System.nanoTime() - begin);
        } else {
          metrics.following();
        }
      } catch (RuntimeException e) {
        metrics.failed();
        if (ProblemAdvice.isMetadataFailure(e)) {
          LOG.warn("Cannot reach the metadata database, trying again: {}", e.getMessage());
        } else {
          LOG.error("Cannot reconcile, trying again", e);
        }
      }
      pause();
    }
    leader.close();
  }

  /** One look at everything: what is wanted, what runs, and a step towards each other. */
  void reconcile() {
    followEpochs();
    List<StoredDocument> wanted = documents.list();
    Optional<Map<String, Job>> actual = jobs(wanted);
    if (actual.isEmpty()) {
      return;
    }
    Map<String, Status> statuses = new HashMap<>();
    pipelines.list().forEach(status -> statuses.put(status.pipeline(), status));
    Instant now = pipelines.now();
    for (StoredDocument document : wanted) {
      if (document.kind() == SpecKind.PIPELINE) {
        Optional<Job> job = Optional.ofNullable(actual.get().get(document.name()));
        Optional<Status> status = Optional.ofNullable(statuses.get(document.name()));
        reconcile(document, job, status, now);
      } else if (document.deleting()) {
        cleanUps.documentOtherThanPipeline(document);
      }
    }
    stopStrangers(wanted, actual.get());
  }

  /** A Source that was captured anew is read from its new topic. */
  private void followEpochs() {
    if (System.nanoTime() - epochsSeen > EPOCHS.toNanos()) {
      epochsSeen = System.nanoTime();
      for (String pipeline : pipelines.readingOldEpochs()) {
        LOG.info("Pipeline '{}' is planned anew, since a Source has a new epoch", pipeline);
        pipelines.requestRestart(pipeline);
      }
    }
  }

  /** Intent → verdict → plan → job, for one pipeline. */
  private void reconcile(
      StoredDocument document, Optional<Job> job, Optional<Status> status, Instant now) {
    String name = document.name();
    try {
      Verdict verdict = Verdict.decide(intent(document), job, status, progress.of(name), now);
      if (verdict instanceof Keep keep) {
        pipelines.setState(name, keep.state(), keep.code(), keep.reason());
        forgiveFailures(job, status, now);
      } else if (verdict instanceof Stop stop) {
        dataPlane.deleteJob(name);
        pipelines.setState(name, stop.state(), "", "");
      } else if (verdict instanceof BackOff failed) {
        pipelines.setState(name, State.FAILED, failed.code(), failed.reason());
        pipelines.setFailure(name, failed.failures(), failed.delay());
      } else if (verdict instanceof Deploy deploy) {
        if (deploy.stopFirst()) {
          dataPlane.deleteJob(name);
        }
        deploy(document, job, status);
      } else if (verdict instanceof CleanUp) {
        pipelines.setState(name, State.DELETING, "", "");
        cleanUps.pipeline(document);
      }
    } catch (ProblemException e) {
      couldNot(document, status, e);
    }
  }

  private void deploy(StoredDocument document, Optional<Job> job, Optional<Status> status) {
    String name = document.name();
    List<String> expected = Usage.pipeline(document).map(sourceStates::expected).orElse(List.of());
    if (!expected.isEmpty()) {
      await(name, expected, status);
      return;
    }
    Planned planned = dataPlane.plan(document.json(), List.of(), List.of());
    if (!planned.problems().isEmpty()) {
      block(name, planned.problems(), job, status);
    } else if (!planned.waitingFor().isEmpty() || planned.plan().isEmpty()) {
      await(name, planned.waitingFor(), status);
    } else if (isStillUncovered(planned, job)) {
      Problem problem = Problem.of(ProblemCode.SCHEMA_NOT_COVERED, job.orElseThrow().reason());
      block(name, List.of(problem), Optional.empty(), status);
    } else {
      pipelines.setState(name, State.DEPLOYING, "", "");
      dataPlane.putJob(name, planned.plan().get(), document.revision());
      String plan = Json.write(planned.plan().get());
      pipelines.setDeployed(name, document.revision(), planned.hash(), plan);
      wake();
    }
  }

  private void await(String name, List<String> sources, Optional<Status> status) {
    pipelines.setState(name, State.DEPLOYING, "", sourceStates.waitingFor(sources));
    pipelines.setFailure(name, status.map(Status::failures).orElse(0), WAITING_RETRY);
  }

  /** A new plan that is the old one can't read what the old one could not read either. */
  private static boolean isStillUncovered(Planned planned, Optional<Job> job) {
    return job.map(
            failed ->
                failed.code().equals(ProblemCode.SCHEMA_NOT_COVERED.name())
                    && failed.planHash().equals(planned.hash()))
        .orElse(false);
  }

  private void block(
      String name, List<Problem> problems, Optional<Job> job, Optional<Status> status) {
    Problem first = problems.get(0);
    String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
    String running =
        job.filter(Verdict::isLive)
            .map(
                live ->
                    " The job of revision " + status.map(Status::revision).orElse(0L) + " runs on.")
            .orElse("");
    pipelines.setState(name, State.BLOCKED, first.code().name(), first.message() + more + running);
    pipelines.setFailure(name, status.map(Status::failures).orElse(0), BLOCKED_RETRY);
  }

  private void couldNot(StoredDocument document, Optional<Status> status, ProblemException e) {
    Problem problem = e.problems().get(0);
    LOG.warn("Cannot reconcile pipeline '{}': {}", document.name(), problem.message());
    State state =
        document.deleting()
            ? State.DELETING
            : problem.code() == ProblemCode.DATA_PLANE_UNREACHABLE ? State.DEPLOYING : State.FAILED;
    pipelines.setState(document.name(), state, problem.code().name(), problem.message());
    if (state == State.FAILED) {
      int failures = status.map(Status::failures).orElse(0) + 1;
      pipelines.setFailure(document.name(), failures, Verdict.backOff(failures));
    }
  }

  private Optional<Map<String, Job>> jobs(List<StoredDocument> wanted) {
    try {
      Map<String, Job> jobs = new HashMap<>();
      dataPlane.jobs().forEach(job -> jobs.put(job.pipeline(), job));
      unreachable = 0;
      return Optional.of(jobs);
    } catch (ProblemException e) {
      unreachable++;
      if (unreachable > 1) {
        sayUnreachable(wanted, e.problems().get(0));
      }
      return Optional.empty();
    }
  }

  private void sayUnreachable(List<StoredDocument> wanted, Problem problem) {
    for (StoredDocument document : wanted) {
      if (document.kind() != SpecKind.PIPELINE) {
        continue;
      }
      Intent intent = intent(document);
      if (intent.deleting()) {
        pipelines.setState(
            document.name(), State.DELETING, problem.code().name(), problem.message());
      } else if (!intent.paused()) {
        pipelines.setState(
            document.name(), State.DEPLOYING, problem.code().name(), problem.message());
      }
    }
  }

  private void forgiveFailures(Optional<Job> job, Optional<Status> status, Instant now) {
    boolean failedBefore = status.map(Status::failures).orElse(0) > 0;
    if (failedBefore
        && job.filter(j -> j.state().equals("RUNNING"))
            .flatMap(Job::startedAt)
            .filter(start -> start.plus(WELL).isBefore(now))
            .isPresent()) {
      pipelines.clearFailures(job.orElseThrow().pipeline());
    }
  }

  /** A job that no document wants, such as one of a pipeline that was orphaned, must end. */
  private void stopStrangers(List<StoredDocument> wanted, Map<String, Job> actual) {
    for (Job job : actual.values()) {
      String pipeline = job.pipeline();
      boolean known =
          wanted.stream().anyMatch(d -> d.kind() == SpecKind.PIPELINE && d.name().equals(pipeline));
      if (!known && Verdict.isLive(job) && documents.find(SpecKind.PIPELINE, pipeline).isEmpty()) {
        try {
          dataPlane.deleteJob(pipeline);
        } catch (ProblemException e) {
          LOG.warn("Cannot stop the job of '{}': {}", pipeline, e.getMessage());
        }
      }
    }
  }

  private static Intent intent(StoredDocument document) {
    boolean paused =
        Usage.pipeline(document)
            .map(pipeline -> pipeline.state() == PipelineSpec.DesiredState.PAUSED)
            .orElse(false);
    return new Intent(document.name(), document.revision(), paused, document.deleting());
  }

  private void pause() {
    synchronized (alarm) {
      try {
        if (!awake) {
          alarm.wait(TICK.toMillis());
        }
        awake = false;
      } catch (InterruptedException e) {
        closed = true;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }
}
