package dev.backlot.capture.metrics;

import dev.backlot.capture.log.WriteListener;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one run of a connection's capture does. Its series are there from the run's beginning to its
 * end, so that a connection that moved to another worker is told by that one only. Thread-safe.
 *
 * <p>docs/metrics.md describes each metric.
 */
public final class CaptureMetrics implements WriteListener, AutoCloseable {
  private static final String CONNECTION = "connection";

  private static final Gauge RUNNING =
      Gauge.builder()
          .name("backlot_capture_running")
          .help("1 while this process captures the connection.")
          .labelNames(CONNECTION)
          .register();
  private static final Counter RECORDS =
      Counter.builder()
          .name("backlot_capture_records_total")
          .help("Records that Kafka has acknowledged: changes and dumped rows.")
          .labelNames(CONNECTION)
          .register();
  private static final Counter BYTES =
      Counter.builder()
          .name("backlot_capture_bytes_total")
          .help("Bytes of keys and values that Kafka has acknowledged.")
          .labelNames(CONNECTION)
          .register();
  private static final Histogram BATCH_RECORDS =
      Histogram.builder()
          .name("backlot_capture_batch_records")
          .help("Records between two boundaries of the ordered writer.")
          .labelNames(CONNECTION)
          .classicOnly()
          .classicUpperBounds(1, 8, 64, 512, 4096)
          .register();
  private static final Histogram ACKNOWLEDGE =
      Histogram.builder()
          .name("backlot_capture_acknowledge_seconds")
          .help("From closing a batch until Kafka has acknowledged all of it.")
          .labelNames(CONNECTION)
          .classicOnly()
          .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
          .register();
  private static final Gauge LAG =
      Gauge.builder()
          .name("backlot_capture_log_lag_bytes")
          .help("Log that the database has written and Kafka has not acknowledged yet.")
          .labelNames(CONNECTION)
          .register();
  private static final Gauge RETAINED =
      Gauge.builder()
          .name("backlot_capture_wal_retained_bytes")
          .help("Log that the database keeps for the replication slot.")
          .labelNames(CONNECTION, "slot")
          .register();
  private static final Gauge DUMPS_RUNNING =
      Gauge.builder()
          .name("backlot_capture_dumps_running")
          .help("Dumps that are being read.")
          .labelNames(CONNECTION)
          .register();
  private static final Counter DUMPED =
      Counter.builder()
          .name("backlot_capture_dumped_rows_total")
          .help("Rows that dumps have written to the Source.")
          .labelNames(CONNECTION, "source")
          .register();

  private static final Counter SOURCE_RECORDS =
      Counter.builder()
          .name("backlot_source_records_total")
          .help("Records written into the Source's topic: changes and dumped rows.")
          .labelNames(CONNECTION, "source")
          .register();
  private static final Counter HEARTBEATS =
      Counter.builder()
          .name("backlot_capture_heartbeats_total")
          .help("Heartbeats that Kafka has acknowledged for every Source.")
          .labelNames(CONNECTION)
          .register();
  private static final Histogram HEARTBEAT =
      Histogram.builder()
          .name("backlot_capture_heartbeat_seconds")
          .help("From a heartbeat's commit until Kafka has acknowledged it for every Source.")
          .labelNames(CONNECTION)
          .classicOnly()
          .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
          .register();

  private final String connection;
  private final CounterDataPoint records;
  private final CounterDataPoint bytes;
  private final DistributionDataPoint batchRecords;
  private final DistributionDataPoint acknowledge;
  private final Set<String> slots = ConcurrentHashMap.newKeySet();
  private final Set<String> sources = ConcurrentHashMap.newKeySet();

  /** Begins the series of a connection. */
  public CaptureMetrics(String connection) {
    this.connection = connection;
    this.records = RECORDS.labelValues(connection);
    this.bytes = BYTES.labelValues(connection);
    this.batchRecords = BATCH_RECORDS.labelValues(connection);
    this.acknowledge = ACKNOWLEDGE.labelValues(connection);
    RUNNING.labelValues(connection).set(1);
    DUMPS_RUNNING.labelValues(connection).set(0);
  }

  @Override
  public void acknowledged(int size) {
    records.inc();
    bytes.inc(size);
  }

  @Override
  public void batchAcknowledged(int size, long nanos) {
    batchRecords.observe(size);
    acknowledge.observe(nanos / 1e9);
  }

  /** Says how far Kafka is behind the database's log. */
  public void setLag(long behind) {
    LAG.labelValues(connection).set(behind);
  }

  /** Says how much log the database keeps for a slot. */
  public void setRetained(String slot, long retained) {
    slots.add(slot);
    RETAINED.labelValues(connection, slot).set(retained);
  }

  /** Says that one more dump is being read, or one less. */
  public void setDumping(boolean more) {
    DUMPS_RUNNING.labelValues(connection).inc(more ? 1 : -1);
  }

  /** Counts rows that a dump has written. */
  public void dumped(String source, int rows) {
    sources.add(source);
    DUMPED.labelValues(connection, source).inc(rows);
  }

  /** Counts what was written into a Source's topic, with every heartbeat. */
  public void written(String source, long changes) {
    sources.add(source);
    SOURCE_RECORDS.labelValues(connection, source).inc(changes);
  }

  /** Kafka has acknowledged a heartbeat. */
  public void heartbeat(double seconds) {
    HEARTBEATS.labelValues(connection).inc();
    HEARTBEAT.labelValues(connection).observe(seconds);
  }

  /** Ends the series. */
  @Override
  public void close() {
    RUNNING.remove(connection);
    RECORDS.remove(connection);
    BYTES.remove(connection);
    BATCH_RECORDS.remove(connection);
    ACKNOWLEDGE.remove(connection);
    LAG.remove(connection);
    DUMPS_RUNNING.remove(connection);
    slots.forEach(slot -> RETAINED.remove(connection, slot));
    HEARTBEATS.remove(connection);
    HEARTBEAT.remove(connection);
    sources.forEach(
        source -> {
          DUMPED.remove(connection, source);
          SOURCE_RECORDS.remove(connection, source);
        });
  }
}
