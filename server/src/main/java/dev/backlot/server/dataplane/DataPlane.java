package dev.backlot.server.dataplane;

import dev.backlot.capture.postgres.PostgresPreflight;
import dev.backlot.capture.postgres.preflight.Checkup;
import dev.backlot.capture.postgres.query.ConnectionQuery;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.FlinkCluster;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.engine.api.ConnectionQueries;
import dev.backlot.engine.api.DataPlaneApi;
import dev.backlot.engine.api.Preflight;
import dev.backlot.engine.metrics.FlinkMetricsFactory;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.server.PlatformFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data-plane process: Kafka, Flink (each unless external), the capture worker and the engine's
 * HTTP service, ended in reverse order by SIGTERM or when the supervisor is gone.
 */
public final class DataPlane {
  private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);

  private final Deque<Part> started = new ArrayDeque<>();

  private record Part(String name, AutoCloseable handle) {}

  private interface Starter {
    AutoCloseable start() throws Exception;
  }

  private DataPlane() {}

  /** Runs with the platform file as its only argument. */
  public static void main(String[] arguments) throws InterruptedException {
    PlatformConfig config = PlatformFile.read(Path.of(arguments[0]));
    ParentWatch.start();
    DataPlane dataPlane = new DataPlane();
    Runtime.getRuntime().addShutdownHook(new Thread(dataPlane::close, "stop"));
    try {
      dataPlane.start(config);
    } catch (Exception e) {
      LOG.error("The data plane can't start", e);
      System.err.println(e.getMessage());
      System.exit(70);
    }
    new CountDownLatch(1).await();
  }

  private void start(PlatformConfig config) throws Exception {
    if (config.embeddedKafka().isPresent()) {
      PlatformConfig.EmbeddedKafka kafka = config.embeddedKafka().get();
      part("kafka", () -> kafka(kafka));
    }
    if (config.embeddedFlink().isPresent()) {
      PlatformConfig.EmbeddedFlink flink = config.embeddedFlink().get();
      part("flink", () -> flink(flink));
    }
    part("capture", () -> CaptureWorker.start(config));
    part("engine", () -> DataPlaneApi.start(config, preflight(config), queries(config)));
  }

  private static Preflight preflight(PlatformConfig config) {
    Secrets secrets = new Secrets(config.secretsDir());
    return new Preflight() {
      @Override
      public Result check(ConnectionSpec connection) {
        PostgresPreflight.Findings findings = PostgresPreflight.check(connection, secrets);
        return new Result(findings.problems(), findings.sources(), findings.advice());
      }

      @Override
      public void checkup(ConnectionSpec connection, Consumer<CheckupEvent> listener) {
        Checkup.run(connection, secrets, listener);
      }
    };
  }

  private static ConnectionQueries queries(PlatformConfig config) {
    return new ConnectionQuery(new Secrets(config.secretsDir()))::read;
  }

  private static KafkaServer kafka(PlatformConfig.EmbeddedKafka kafka) {
    return KafkaServer.at(kafka.directory())
        .port(kafka.port())
        .controllerPort(kafka.controllerPort())
        .start();
  }

  private static FlinkCluster flink(PlatformConfig.EmbeddedFlink flink) {
    return FlinkCluster.at(flink.directory())
        .restPort(flink.restPort())
        .slots(flink.slots())
        .setting("metrics.reporters", "backlot")
        .setting("metrics.reporter.backlot.factory.class", FlinkMetricsFactory.class.getName())
        .start();
  }

  private void part(String name, Starter starter) throws Exception {
    long begin = System.nanoTime();
    AutoCloseable handle = starter.start();
    synchronized (started) {
      started.push(new Part(name, handle));
    }
    LOG.info("Started {} in {} ms", name, (System.nanoTime() - begin) / 1_000_000);
  }

  private void close() {
    while (true) {
      Part part;
      synchronized (started) {
        part = started.poll();
      }
      if (part == null) {
        return;
      }
      try {
        part.handle().close();
        LOG.info("Stopped {}", part.name());
      } catch (Exception e) {
        LOG.warn("Cannot stop {}", part.name(), e);
      }
    }
  }
}
