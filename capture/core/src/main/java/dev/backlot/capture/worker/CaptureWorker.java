package dev.backlot.capture.worker;

import dev.backlot.capture.log.KafkaClients;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.registry.SchemaStore;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the connections that the metadata database names, each as soon as its lease is free, and
 * keeps its statuses there. Any number of workers may run; each connection is captured by one.
 * Survives the loss of metadata, Kafka and source databases. Thread-safe.
 */
public final class CaptureWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureWorker.class);
  private static final long LOOK_MILLIS = 500;
  private static final long RENEW_MILLIS = 1_200;

  private final CaptureSession.Environment environment;
  private final List<CaptureConnector> connectors;
  private final List<AutoCloseable> owned;
  private final String owner = UUID.randomUUID().toString();
  private final Map<String, CaptureTask> tasks = new ConcurrentHashMap<>();
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "backlot-capture-leases");
            thread.setDaemon(true);
            return thread;
          });
  private final MetadataSignals signals;
  private final Thread thread;
  private final Object wake = new Object();
  private final String host = host();
  private boolean woken;
  private volatile long lastLook = System.nanoTime() - Lease.LIFETIME.toNanos();
  private volatile boolean closed;

  private CaptureWorker(
      CaptureSession.Environment environment,
      List<CaptureConnector> connectors,
      List<AutoCloseable> owned) {
    this.environment = environment;
    this.connectors = List.copyOf(connectors);
    this.owned = owned;
    this.signals = new MetadataSignals(environment.metadata(), this::signal);
    renewals.scheduleWithFixedDelay(this::renew, RENEW_MILLIS, RENEW_MILLIS, TimeUnit.MILLISECONDS);
    this.thread = new Thread(this::run, "backlot-capture-worker");
    thread.start();
  }

  /**
   * Opens metadata, registry and Kafka as configured, and captures from now on. Returns at once;
   * close ends it.
   */
  public static CaptureWorker start(PlatformConfig platform) {
    MetadataDatabase metadata = MetadataDatabase.open(platform.metadata());
    Map<String, String> kafka = new HashMap<>(platform.kafkaProperties());
    kafka.put("bootstrap.servers", platform.bootstrapServers());
    SchemaStore schemas = new SchemaStore(kafka, platform.replicationFactor());
    CaptureSession.Environment environment =
        new CaptureSession.Environment(
            platform,
            metadata,
            schemas,
            new KafkaClients(platform),
            new Secrets(platform.secretsDir()));
    return start(environment, List.of(schemas, metadata));
  }

  /** Captures with what the caller opened, and keeps. */
  public static CaptureWorker start(CaptureSession.Environment environment) {
    return start(environment, List.of());
  }

  private static CaptureWorker start(
      CaptureSession.Environment environment, List<AutoCloseable> owned) {
    List<CaptureConnector> connectors = new ArrayList<>();
    ServiceLoader.load(CaptureConnector.class, CaptureWorker.class.getClassLoader())
        .forEach(connectors::add);
    return new CaptureWorker(environment, connectors, owned);
  }

  private void run() {
    sayThatItRuns();
    while (!closed) {
      try {
        reconcile();
      } catch (RuntimeException e) {
        LOG.warn("Cannot read the connections to capture; trying again: {}", e.toString());
        LOG.debug("Cause", e);
      }
      pause();
    }
  }

  /** Brings the running captures to what the metadata database asks for. */
  private void reconcile() {
    Set<String> wanted = new HashSet<>();
    List<CaptureStore.Intent> intents = environment.metadata().captures().intents();
    int workers = Math.max(1, environment.metadata().workers().running().size());
    int share = (intents.size() + workers - 1) / workers;
    lastLook = System.nanoTime();
    for (CaptureStore.Intent intent : intents) {
      wanted.add(intent.connection());
      CaptureTask task = tasks.get(intent.connection());
      if (task == null) {
        ConnectionSpec spec = parse(intent);
        CaptureConnector connector = spec == null ? null : connector(spec.type());
        if (spec == null || connector == null) {
          continue;
        }
        task = new CaptureTask(environment, connector, owner, intent.connection(), this::signal);
        tasks.put(intent.connection(), task);
      }
      if (task.revision() != intent.revision() || task.isDeleting() != intent.deleting()) {
        ConnectionSpec spec = parse(intent);
        if (spec != null) {
          task.want(new CaptureSession.Intent(spec, intent.revision()), intent.deleting());
        }
      }
      task.step(tasks.values().stream().filter(CaptureTask::runs).count() >= share);
    }
    for (String connection : Set.copyOf(tasks.keySet())) {
      CaptureTask task = tasks.get(connection);
      if (task != null && !wanted.contains(connection) && task.end()) {
        tasks.remove(connection);
      }
    }
  }

  private static @org.jspecify.annotations.Nullable ConnectionSpec parse(
      CaptureStore.Intent intent) {
    Documents documents = SpecReader.read("", intent.spec());
    if (documents.problems().isEmpty()
        && documents.specs().size() == 1
        && documents.specs().get(0) instanceof ConnectionSpec spec) {
      return spec;
    }
    LOG.error(
        "Cannot read the stored connection '{}': {}",
        intent.connection(),
        new ProblemException(documents.problems()).getMessage());
    return null;
  }

  private @org.jspecify.annotations.Nullable CaptureConnector connector(ConnectionSpec.Type type) {
    return connectors.stream().filter(c -> c.captures(type)).findFirst().orElse(null);
  }

  /** Returns whether the metadata database was read lately: without it nothing is captured. */
  public boolean isHealthy() {
    return System.nanoTime() - lastLook < Lease.LIFETIME.toNanos();
  }

  private void renew() {
    for (CaptureTask task : tasks.values()) {
      try {
        task.renewLease();
      } catch (RuntimeException e) {
        LOG.warn("Cannot renew a capture lease: {}", e.toString());
      }
    }
    sayThatItRuns();
  }

  private void sayThatItRuns() {
    try {
      environment.metadata().workers().seen(owner, host, ProcessHandle.current().pid());
    } catch (RuntimeException e) {
      LOG.debug("Cannot say that this worker runs", e);
    }
  }

  private void signal() {
    for (CaptureTask task : tasks.values()) {
      task.signal();
    }
    synchronized (wake) {
      woken = true;
      wake.notifyAll();
    }
  }

  private void pause() {
    try {
      synchronized (wake) {
        if (!woken && !closed) {
          wake.wait(LOOK_MILLIS);
        }
        woken = false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all captures, lets their leases go and closes what it opened. */
  @Override
  public void close() {
    closed = true;
    synchronized (wake) {
      wake.notifyAll();
    }
    join(thread);
    tasks.values().forEach(CaptureTask::stop);
    tasks.values().forEach(CaptureTask::awaitEnd);
    signals.close();
    renewals.shutdownNow();
    leave();
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {}: {}", resource, e.toString());
      }
    }
  }

  private void leave() {
    try {
      environment.metadata().workers().left(owner);
    } catch (RuntimeException e) {
      LOG.debug("Cannot say that this worker ends", e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** Stops as a killed process would: nothing is flushed, no lease let go; for tests. */
  public void abandon() {
    closed = true;
    renewals.shutdownNow();
    synchronized (wake) {
      wake.notifyAll();
    }
    join(thread);
    tasks.values().forEach(CaptureTask::abandon);
    signals.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
