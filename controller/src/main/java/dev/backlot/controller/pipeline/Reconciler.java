package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.evolution.Evolution;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.metrics.ReconcilerMetrics;
import dev.backlot.controller.pipeline.Verdict.BackOff;
import dev.backlot.controller.pipeline.Verdict.CleanUp;
import dev.backlot.controller.pipeline.Verdict.Deploy;
import dev.backlot.controller.pipeline.Verdict.Intent;
import dev.backlot.controller.pipeline.Verdict.Keep;
import dev.backlot.controller.pipeline.Verdict.Schemas;
import dev.backlot.controller.pipeline.Verdict.Stop;
import dev.backlot.controller.pipeline.Verdict.Undo;
import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.metadata.UpgradeStore.Upgrade;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final Duration CONFIRMED = Duration.ofSeconds(10);
  private static final Duration UPGRADE_RETRY = Duration.ofSeconds(30);
  private static final int UPGRADES_LOOKED_AT = 5;
  private static final Duration EPOCHS = Duration.ofSeconds(3);
  private static final Duration WELL = Duration.ofSeconds(60);

  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final DataPlane dataPlane;
  private final LeaderLock leader;
  private final CleanUps cleanUps;
  private final ProgressBoard progress;
  private final SourceStore sources;
  private final UpgradeStore upgrades;
  private final Evolutions evolutions;
  private final Deployer deployer;
  private final Deployments deployments = new Deployments(this::wake);
  private final ReconcilerMetrics metrics;
  private final Map<String, Intent> intents = new HashMap<>();
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
      Evolutions evolutions,
      ReconcilerMetrics metrics) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.dataPlane = dataPlane;
    this.leader = new LeaderLock(config.metadata());
    this.cleanUps = cleanUps;
    this.progress = progress;
    this.sources = metadata.sources();
    this.upgrades = metadata.upgrades();
    this.evolutions = evolutions;
    this.deployer = new Deployer(metadata, dataPlane);
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
    long begin = System.nanoTime();
    List<StoredDocument> wanted = documents.list();
    Optional<Map<String, Job>> actual = jobs(wanted);
    if (actual.isEmpty()) {
      return;
    }
    World world = world(actual.get());
    for (StoredDocument document : wanted) {
      if (document.kind() != SpecKind.PIPELINE) {
        if (document.deleting()) {
          cleanUps.documentOtherThanPipeline(document);
        }
      } else if (deployments.isSettledSince(document.name(), begin)) {
        reconcile(document, world);
      }
    }
    stopStrangers(wanted, actual.get());
  }

  /** What was found in one look. */
  private record World(
      Map<String, Job> jobs,
      Map<String, Status> statuses,
      Map<String, StoredSource> sources,
      Map<String, Upgrade> upgrades,
      Instant now) {}

  private World world(Map<String, Job> jobs) {
    Map<String, Status> statuses = new HashMap<>();
    pipelines.list().forEach(status -> statuses.put(status.pipeline(), status));
    Set<String> read = new HashSet<>();
    for (Status status : statuses.values()) {
      // One that was never deployed has no plan, and would be looked up each time.
      if (!status.planHash().isEmpty()) {
        read.addAll(evolutions.sourcesOf(status.pipeline(), status.planHash()));
      }
    }
    Map<String, StoredSource> byName = new HashMap<>();
    sources.list(read).forEach(source -> byName.put(source.descriptor().name(), source));
    return new World(jobs, statuses, byName, upgrades.running(), pipelines.now());
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
  private void reconcile(StoredDocument document, World world) {
    String name = document.name();
    Optional<Job> job = Optional.ofNullable(world.jobs().get(name));
    Optional<Status> status = Optional.ofNullable(world.statuses().get(name));
    try {
      Schemas schemas = schemas(name, status, world);
      Verdict verdict =
          Verdict.decide(intent(document), job, status, progress.of(name), schemas, world.now());
      if (verdict instanceof Keep keep) {
        if (status.filter(known -> isSaid(known, keep)).isEmpty()) {
          pipelines.setState(name, keep.state(), keep.code(), keep.reason());
        }
        forgiveFailures(job, status, world.now());
        confirm(job, schemas, world.now());
      } else if (verdict instanceof Stop stop) {
        dataPlane.deleteJob(name);
        pipelines.setState(name, stop.state(), "", "");
      } else if (verdict instanceof BackOff failed) {
        pipelines.setState(name, State.FAILED, failed.code(), failed.reason());
        pipelines.setFailure(name, failed.failures(), failed.delay());
      } else if (verdict instanceof CleanUp) {
        pipelines.setState(name, State.DELETING, "", "");
        cleanUps.pipeline(document);
      } else {
        deployments.begin(name, () -> deploy(document, job, status, verdict));
      }
    } catch (ProblemException e) {
      couldNot(document, status, e);
    }
  }

  private static boolean isSaid(Status status, Keep keep) {
    return status.state() == keep.state()
        && status.code().equals(keep.code())
        && status.reason().equals(keep.reason());
  }

  /** The steps that take long, beside one another. */
  private void deploy(
      StoredDocument document, Optional<Job> job, Optional<Status> status, Verdict verdict) {
    try {
      if (verdict instanceof Deploy deploy) {
        if (deploy.stopFirst()) {
          dataPlane.deleteJob(document.name());
        }
        deployer.deploy(document, job, status, deploy);
      } else if (verdict instanceof Verdict.Upgrade upgrade) {
        deployer.upgrade(document, job, status.orElseThrow(), upgrade.evolution());
      } else if (verdict instanceof Undo undo) {
        deployer.undo(document, status.orElseThrow(), undo.upgrade(), undo.reason());
      }
    } catch (ProblemException e) {
      couldNot(document, status, e);
    }
  }

  private Schemas schemas(String name, Optional<Status> status, World world) {
    String planHash = status.map(Status::planHash).orElse("");
    if (planHash.isEmpty()) {
      return Schemas.UNCHANGED;
    }
    Evolution evolution = evolutions.of(name, planHash, world.sources());
    Optional<Upgrade> undone = evolution.needsPlan() ? undone(name, world.now()) : Optional.empty();
    return new Schemas(evolution, Optional.ofNullable(world.upgrades().get(name)), undone);
  }

  /** Returns the last upgrade when it was undone, and too short a time ago to try again. */
  private Optional<Upgrade> undone(String name, Instant now) {
    List<Upgrade> newest = upgrades.newest(name, UPGRADES_LOOKED_AT);
    long times = newest.stream().takeWhile(u -> u.state() == UpgradeStore.State.UNDONE).count();
    return newest.stream()
        .limit(times)
        .findFirst()
        .filter(
            last ->
                last.endedAt()
                    .map(end -> end.plus(UPGRADE_RETRY.multipliedBy(1L << (times - 1))))
                    .filter(now::isBefore)
                    .isPresent());
  }

  /** An upgrade is done when its job has run for a while. */
  private void confirm(Optional<Job> job, Schemas schemas, Instant now) {
    boolean runs =
        job.filter(j -> j.state().equals("RUNNING"))
            .filter(j -> schemas.running().map(Upgrade::toHash).equals(Optional.of(j.planHash())))
            .flatMap(Job::startedAt)
            .filter(start -> start.plus(CONFIRMED).isBefore(now))
            .isPresent();
    if (runs) {
      upgrades.end(job.orElseThrow().pipeline(), UpgradeStore.State.DONE, "");
    }
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

  /** A revision never changes, so each is read once. */
  private Intent intent(StoredDocument document) {
    Intent known = intents.get(document.name());
    boolean paused =
        known != null && known.revision() == document.revision()
            ? known.paused()
            : Usage.pipeline(document)
                .map(pipeline -> pipeline.state() == PipelineSpec.DesiredState.PAUSED)
                .orElse(false);
    Intent intent = new Intent(document.name(), document.revision(), paused, document.deleting());
    intents.put(document.name(), intent);
    return intent;
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
    deployments.close();
    wake();
  }
}
