package dev.backlot.capture.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.capture.log.KafkaClients;
import dev.backlot.capture.metrics.CaptureMetrics;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.Problem;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.registry.SchemaStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of a connection's capture, under one lease: what it may use, what it should do, and how
 * it says what it does. Thread-safe.
 */
public final class CaptureSession {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ThreadLocal<long[]> seenSignals = ThreadLocal.withInitial(() -> new long[1]);
  private final Environment environment;
  private final Lease lease;
  private final CaptureMetrics metrics;
  private final Object signal = new Object();
  private volatile Intent intent;
  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile String lastStatus = "";
  private long signals;

  /** What every capture of a worker shares. */
  public record Environment(
      PlatformConfig platform,
      MetadataDatabase metadata,
      SchemaStore schemas,
      KafkaClients kafka,
      Secrets secrets) {}

  /** What should be captured: a Connection document at a revision. */
  public record Intent(ConnectionSpec spec, long revision) {}

  CaptureSession(Environment environment, Lease lease, Intent intent) {
    this.environment = environment;
    this.lease = lease;
    this.intent = intent;
    this.metrics = new CaptureMetrics(intent.spec().name());
  }

  /** Returns what every capture of this worker shares. */
  public Environment environment() {
    return environment;
  }

  /** Returns where this run counts what it does. */
  public CaptureMetrics metrics() {
    return metrics;
  }

  /** Returns the newest intent; it may change while the capture runs. */
  public Intent intent() {
    return intent;
  }

  /** Returns the connection's name. */
  public String connection() {
    return intent.spec().name();
  }

  /** Returns the lease's generation, which is above that of every earlier run. */
  public long generation() {
    return lease.generation();
  }

  /**
   * Returns whether anything may be written; false for ever once the lease may have ended. A run
   * that was asked to stop may still finish what it has begun.
   */
  public boolean mayWrite() {
    return lease.held() && !abandoned;
  }

  /** Returns whether the run should end. */
  public boolean stopRequested() {
    return stopping || !lease.held();
  }

  /**
   * Waits until something in the metadata database may have changed, or the time is over.
   *
   * @return whether something may have changed since the last call of the same thread
   */
  public boolean awaitSignal(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (signal) {
      long[] seen = seenSignals.get();
      long left = deadline - System.nanoTime();
      while (signals == seen[0] && left > 0 && !stopping) {
        signal.wait(left / 1_000_000, (int) (left % 1_000_000));
        left = deadline - System.nanoTime();
      }
      boolean changed = signals != seen[0];
      seen[0] = signals;
      return changed;
    }
  }

  /** Says what the capture is doing about the newest intent. */
  public void report(CaptureStore.State state, List<Problem> problems, Map<String, ?> details) {
    report(state, problems, details, intent.revision());
  }

  /**
   * Says what the capture is doing.
   *
   * @param revision of the document that was brought about
   * @param problems why it is not simply running; the first is the status's reason
   * @param details further facts, values that JSON knows
   */
  public void report(
      CaptureStore.State state, List<Problem> problems, Map<String, ?> details, long revision) {
    Map<String, Object> all = new TreeMap<>(details);
    all.put(
        "problems",
        problems.stream()
            .map(p -> Map.of("code", p.code().name(), "message", p.message()))
            .toList());
    String code = problems.isEmpty() ? "" : problems.get(0).code().name();
    String reason = problems.isEmpty() ? "" : problems.get(0).message();
    try {
      String json = JSON.writeValueAsString(all);
      String status = state + code + reason + json + revision;
      if (!status.equals(lastStatus)) {
        environment
            .metadata()
            .captures()
            .putStatus(connection(), state, code, reason, json, revision);
        lastStatus = status;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Details that JSON does not know", e);
    }
  }

  void change(Intent newIntent) {
    intent = newIntent;
    signal();
  }

  void signal() {
    synchronized (signal) {
      signals++;
      signal.notifyAll();
    }
  }

  void stop() {
    stopping = true;
    signal();
  }

  /** Ends the run without letting the lease go. */
  void abandon() {
    abandoned = true;
    stop();
  }

  void release() {
    metrics.close();
    if (!abandoned) {
      lease.release();
    }
  }

  Lease lease() {
    return lease;
  }
}
