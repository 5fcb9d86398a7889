package dev.backlot.capture.worker;

import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of a worker: run, run again after a while when it failed, or clean up. */
final class CaptureTask {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureTask.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);
  private static final Duration STEADY = Duration.ofSeconds(30);

  /** How long a worker that has its share leaves a free connection to others. */
  private static final Duration COURTESY = Duration.ofMillis(1_500);

  /** What only a person can mend: the capture is failed, not retrying. */
  private static final Set<ProblemCode> FINAL =
      Set.of(
          ProblemCode.CONNECTION_SLOT_LOST,
          ProblemCode.CONNECTION_PUBLICATION_LOST,
          ProblemCode.KAFKA_DATA_LOST,
          ProblemCode.SPEC_NOT_SUPPORTED);

  private static final Set<ProblemCode> UNREACHABLE =
      Set.of(
          ProblemCode.CONNECTION_UNREACHABLE,
          ProblemCode.CONNECTION_TLS,
          ProblemCode.CONNECTION_LOGIN_REFUSED,
          ProblemCode.CONNECTION_SECRET_MISSING);

  private final CaptureSession.Environment environment;
  private final CaptureConnector connector;
  private final String owner;
  private final String connection;
  private final Runnable onEnd;
  private CaptureSession.@Nullable Intent intent;
  private boolean deleting;
  private boolean removed;
  private Duration backOff = FIRST_BACK_OFF;
  private long notBefore = System.nanoTime();
  private final long known = System.nanoTime();
  private final LeaseWatch watch = new LeaseWatch(System::nanoTime);
  private volatile @Nullable CaptureSession session;
  private @Nullable Thread thread;

  CaptureTask(
      CaptureSession.Environment environment,
      CaptureConnector connector,
      String owner,
      String connection,
      Runnable onEnd) {
    this.environment = environment;
    this.connector = connector;
    this.owner = owner;
    this.connection = connection;
    this.onEnd = onEnd;
  }

  synchronized long revision() {
    return intent == null ? -1 : intent.revision();
  }

  synchronized boolean isDeleting() {
    return deleting;
  }

  synchronized void want(CaptureSession.Intent newIntent, boolean delete) {
    intent = newIntent;
    deleting = delete;
    removed = removed && delete;
    notBefore = System.nanoTime();
    backOff = FIRST_BACK_OFF;
    CaptureSession running = session;
    if (running != null) {
      if (delete) {
        running.stop();
      } else {
        running.change(newIntent);
      }
    }
  }

  /** Returns whether this worker captures the connection now. */
  boolean runs() {
    return session != null;
  }

  /**
   * Starts a run when none is there, it is time, and the lease is free.
   *
   * @param hasShare whether this worker captures its share already, and leaves this one to others
   *     unless they don't take it
   */
  synchronized void step(boolean hasShare) {
    CaptureSession.Intent wanted = intent;
    if (wanted == null || removed || thread != null || System.nanoTime() - notBefore < 0) {
      return;
    }
    if (hasShare && System.nanoTime() - known < COURTESY.toNanos()) {
      return;
    }
    Optional<Lease> lease = lease(hasShare ? COURTESY : Duration.ZERO);
    if (lease.isEmpty()) {
      return;
    }
    CaptureSession fresh = new CaptureSession(environment, lease.get(), wanted);
    session = fresh;
    LOG.info("Capturing '{}' as generation {} of its owners", connection, fresh.generation());
    boolean delete = deleting;
    Thread started = new Thread(() -> run(fresh, delete), "capture-" + connection);
    thread = started;
    started.start();
  }

  private Optional<Lease> lease(Duration patience) {
    CaptureStore captures = environment.metadata().captures();
    Optional<Lease> free = Lease.acquire(captures, connection, owner, patience);
    if (free.isPresent()) {
      return free;
    }
    return captures
        .lease(connection)
        .flatMap(watch::stale)
        .flatMap(stale -> Lease.seize(captures, connection, owner, stale));
  }

  /** Ends the run of a connection that is gone. Returns true once nothing runs. */
  synchronized boolean end() {
    stop();
    return thread == null;
  }

  void stop() {
    CaptureSession running = session;
    if (running != null) {
      running.stop();
    }
  }

  void awaitEnd() {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      join(running);
    }
  }

  void abandon() {
    CaptureSession running = session;
    if (running != null) {
      running.abandon();
    }
    awaitEnd();
  }

  void renewLease() {
    CaptureSession running = session;
    if (running != null) {
      running.lease().renew();
    }
  }

  void signal() {
    CaptureSession running = session;
    if (running != null) {
      running.signal();
    }
  }

  private void run(CaptureSession current, boolean delete) {
    long started = System.nanoTime();
    boolean clean = false;
    try {
      if (delete) {
        remove(current);
      } else {
        connector.run(current);
        reportStopped(current);
      }
      clean = true;
    } catch (Exception | Error e) {
      if (!current.stopRequested()) {
        reportFailure(current, e);
      } else {
        LOG.debug("Capture of {} ended", connection, e);
      }
    } finally {
      release(current);
      synchronized (this) {
        if (System.nanoTime() - started > STEADY.toNanos()) {
          backOff = FIRST_BACK_OFF;
        }
        notBefore = System.nanoTime() + (clean ? 0 : backOff.toNanos());
        if (!clean) {
          Duration doubled = backOff.multipliedBy(2);
          backOff = doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
        }
        session = null;
        thread = null;
      }
      onEnd.run();
    }
  }

  private void remove(CaptureSession current) throws Exception {
    connector.remove(current.intent().spec(), environment.secrets());
    SourceStore sources = environment.metadata().sources();
    for (SourceStore.StoredSource source : sources.ofConnection(connection)) {
      sources.setState(
          source.descriptor().name(), SourceStore.State.REMOVED, "Its connection was deleted.");
    }
    environment.metadata().captures().resetProgress(connection);
    current.report(CaptureStore.State.REMOVED, List.of(), Map.of());
    synchronized (this) {
      removed = deleting;
    }
  }

  private static void reportStopped(CaptureSession current) {
    if (current.lease().held()) {
      current.report(CaptureStore.State.STOPPED, List.of(), Map.of());
    }
  }

  private void reportFailure(CaptureSession current, Throwable failure) {
    List<Problem> problems;
    if (failure instanceof ProblemException known) {
      problems = known.problems();
    } else {
      LOG.warn("The capture of '{}' ended and is started again", connection, failure);
      problems =
          List.of(
              Problem.of(
                  isKafkas(failure) ? ProblemCode.KAFKA_UNREACHABLE : ProblemCode.INTERNAL,
                  "Cannot capture connection '"
                      + connection
                      + "': "
                      + rootCause(failure)
                      + ". It is started again by itself."));
    }
    LOG.warn("Capture of '{}': {}", connection, problems);
    boolean isFinal = problems.stream().anyMatch(p -> FINAL.contains(p.code()));
    try {
      current.report(
          isFinal ? CaptureStore.State.FAILED : CaptureStore.State.RETRYING,
          problems,
          isUnreachable(problems) ? Map.of() : watch(current));
    } catch (RuntimeException e) {
      LOG.warn("Cannot write the status of '{}': {}", connection, e.toString());
    }
  }

  private static boolean isUnreachable(List<Problem> problems) {
    return problems.stream().anyMatch(p -> UNREACHABLE.contains(p.code()));
  }

  /** A database keeps log also for a capture that fails for other reasons, and most of all then. */
  private Map<String, Object> watch(CaptureSession current) {
    if (!current.lease().held()) {
      return Map.of();
    }
    try {
      return connector.watch(current.intent().spec(), environment.secrets());
    } catch (Exception e) {
      LOG.debug("Cannot see what the database of {} keeps", connection, e);
      return Map.of();
    }
  }

  private static boolean isKafkas(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RetriableException) {
        return true;
      }
    }
    return false;
  }

  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    String text = message == null ? cause.getClass().getSimpleName() : message.strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static void release(CaptureSession current) {
    try {
      current.release();
    } catch (RuntimeException e) {
      LOG.debug("Cannot let the lease go; it ends by itself", e);
    }
  }

  private static void join(Thread running) {
    try {
      running.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
