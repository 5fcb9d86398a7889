package dev.backlot.controller.incident;

import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.platform.PlatformConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What everything needs: the data plane, Kafka, and a warehouse that can be written. Kafka and the
 * warehouse are tried every five seconds, each by a thread of its own.
 */
public final class PlatformConditions implements Conditions, AutoCloseable {
  private static final int PERIOD_SECONDS = 5;

  private final ProgressBoard progress;
  private final boolean kafkaInDataPlane;
  private final KafkaProbe kafka;
  private final WarehouseProbe warehouse;
  private final ScheduledExecutorService probes =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "platform-probe");
            thread.setDaemon(true);
            return thread;
          });

  /** Judges the parts of an installation; {@link #start} begins to try them. */
  public PlatformConditions(PlatformConfig config, ProgressBoard progress) {
    this.progress = progress;
    this.kafkaInDataPlane = config.embeddedKafka().isPresent();
    this.kafka = new KafkaProbe(config);
    this.warehouse = new WarehouseProbe(config.warehouseUri());
  }

  /** Begins to try Kafka and the warehouse. */
  public void start() {
    probes.scheduleWithFixedDelay(kafka, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    probes.scheduleWithFixedDelay(warehouse, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Set<AlertKind> kinds() {
    return EnumSet.of(
        AlertKind.DATA_PLANE_UNREACHABLE,
        AlertKind.KAFKA_UNREACHABLE,
        AlertKind.WAREHOUSE_NOT_WRITABLE);
  }

  @Override
  public List<Condition> current() {
    List<Condition> found = new ArrayList<>();
    if (!progress.isReachable()) {
      found.add(
          condition(
              AlertKind.DATA_PLANE_UNREACHABLE,
              "The data plane does not answer: nothing is captured and no job is looked after by"
                  + " it. It is started again by itself; see logs/dataplane.log if that does not"
                  + " help."));
    }
    if (progress.isReachable() || !kafkaInDataPlane) {
      kafka
          .refusal()
          .ifPresent(
              reason ->
                  found.add(
                      condition(
                          AlertKind.KAFKA_UNREACHABLE,
                          "Kafka does not answer (" + reason + "). Start it again.")));
    }
    warehouse
        .refusal()
        .ifPresent(
            reason ->
                found.add(
                    condition(
                        AlertKind.WAREHOUSE_NOT_WRITABLE,
                        "Nothing can be written in the warehouse: "
                            + reason
                            + ". Make it writable, with room; jobs go on by themselves then.")));
    return found;
  }

  private static Condition condition(AlertKind kind, String summary) {
    return Condition.of(
        kind, Subject.PLATFORM, Severity.CRITICAL, summary, Map.of(), Instant.now());
  }

  @Override
  public void close() {
    probes.shutdownNow();
    kafka.close();
  }
}
