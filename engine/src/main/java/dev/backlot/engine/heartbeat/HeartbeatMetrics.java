package dev.backlot.engine.heartbeat;

import dev.backlot.engine.heartbeat.Latencies.Taken;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Shown;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Shows heartbeats to Prometheus. Thread-safe. */
final class HeartbeatMetrics implements MultiCollector, AutoCloseable {
  private static final String[] STAGES = {"topic", "table", "total"};

  private static final Histogram LATENCY =
      Histogram.builder()
          .name("backlot_heartbeat_latency_seconds")
          .help("What heartbeats took: from commit to topic, from topic to table, and in total.")
          .labelNames("pipeline", "table", "stage")
          .classicOnly()
          .classicUpperBounds(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300)
          .register();

  private final Map<String, Shown> newest = new ConcurrentHashMap<>();

  HeartbeatMetrics() {
    PrometheusRegistry.defaultRegistry.register(this);
  }

  /** A table shows a heartbeat. */
  void arrived(String pipeline, String table, Taken taken) {
    LATENCY.labelValues(pipeline, table, "topic").observe(taken.topic());
    LATENCY.labelValues(pipeline, table, "table").observe(taken.table());
    LATENCY.labelValues(pipeline, table, "total").observe(taken.total());
  }

  /** This is what a table shows now. */
  void put(Shown shown) {
    newest.put(key(shown.pipeline(), shown.table(), shown.connection()), shown);
  }

  /** A table is no longer watched. */
  void remove(String pipeline, String table, String connection) {
    newest.remove(key(pipeline, table, connection));
    for (String stage : STAGES) {
      LATENCY.remove(pipeline, table, stage);
    }
  }

  private static String key(String pipeline, String table, String connection) {
    return pipeline + " " + table + " " + connection;
  }

  /** The age as of the scrape: it grows when nobody looks any more. */
  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder age =
        GaugeSnapshot.builder()
            .name("backlot_heartbeat_age_seconds")
            .help("Time since the newest heartbeat that the table shows was committed.");
    Instant now = Instant.now();
    newest
        .values()
        .forEach(
            shown ->
                shown
                    .beat()
                    .ifPresent(
                        beat ->
                            age.dataPoint(
                                GaugeDataPointSnapshot.builder()
                                    .labels(
                                        Labels.of(
                                            "pipeline",
                                            shown.pipeline(),
                                            "table",
                                            shown.table(),
                                            "connection",
                                            shown.connection()))
                                    .value(HeartbeatStore.seconds(beat.committedAt(), now))
                                    .build())));
    return new MetricSnapshots(age.build());
  }

  @Override
  public void close() {
    PrometheusRegistry.defaultRegistry.unregister(this);
  }
}
