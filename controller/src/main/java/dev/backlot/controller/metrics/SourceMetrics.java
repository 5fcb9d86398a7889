package dev.backlot.controller.metrics;

import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How connections and Sources are, as of the scrape, by the metadata database. */
public final class SourceMetrics implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(SourceMetrics.class);

  private final SourceStore sources;
  private final CaptureStore captures;
  private final HeartbeatBoard heartbeats;

  /** Shows what is stored. */
  public SourceMetrics(MetadataDatabase metadata, HeartbeatBoard heartbeats) {
    this.sources = metadata.sources();
    this.captures = metadata.captures();
    this.heartbeats = heartbeats;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder state =
        gauge("backlot_source_state", "1 for the state that the Source is in, else 0.");
    GaugeSnapshot.Builder version =
        gauge(
            "backlot_source_schema_version", "How many schemas the Source has had in this epoch.");
    GaugeSnapshot.Builder epoch = gauge("backlot_source_epoch", "The Source's epoch.");
    GaugeSnapshot.Builder connection =
        gauge("backlot_connection_state", "1 for the state that capture is in, else 0.");
    GaugeSnapshot.Builder age =
        gauge(
            "backlot_connection_heartbeat_age_seconds",
            "Time since the connection's newest heartbeat that Kafka has was committed.");
    try {
      for (StoredSource source : sources.list()) {
        String name = source.descriptor().name();
        for (SourceStore.State each : SourceStore.State.values()) {
          add(
              state,
              Labels.of("source", name, "state", each.label()),
              each == source.state() ? 1 : 0);
        }
        add(version, Labels.of("source", name), source.descriptor().valueSchemaIds().size());
        add(epoch, Labels.of("source", name), source.descriptor().epoch());
      }
      Instant now = Instant.now();
      for (CaptureStore.Status status : captures.statuses()) {
        for (CaptureStore.State each : CaptureStore.State.values()) {
          add(
              connection,
              Labels.of("connection", status.connection(), "state", each.label()),
              each == status.state() ? 1 : 0);
        }
        heartbeats
            .newest(status.connection())
            .map(Beat::committedAt)
            .ifPresent(
                at ->
                    add(
                        age,
                        Labels.of("connection", status.connection()),
                        HeartbeatStore.seconds(at, now)));
      }
    } catch (RuntimeException e) {
      LOG.debug("Cannot read the Sources' states", e);
      return new MetricSnapshots(List.of());
    }
    return new MetricSnapshots(
        state.build(), version.build(), epoch.build(), connection.build(), age.build());
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static void add(GaugeSnapshot.Builder gauge, Labels labels, double value) {
    gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
  }
}
