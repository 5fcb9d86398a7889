package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How each pipeline is, as of the scrape: one query, and what the progress board knows. */
public final class PipelineMetrics implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineMetrics.class);

  private final PipelineStore pipelines;
  private final ProgressBoard progress;

  /** Shows the pipelines of a store. */
  public PipelineMetrics(PipelineStore pipelines, ProgressBoard progress) {
    this.pipelines = pipelines;
    this.progress = progress;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder state =
        gauge("backlot_pipeline_state", "1 for the state that the pipeline is in, else 0.");
    GaugeSnapshot.Builder failures =
        gauge("backlot_pipeline_failures", "Failures in a row that the next try will follow.");
    GaugeSnapshot.Builder lagSeconds =
        gauge("backlot_pipeline_lag_seconds", "Age of the oldest change that no sink shows yet.");
    GaugeSnapshot.Builder lagRecords =
        gauge("backlot_pipeline_lag_records", "Records of its Sources that no sink shows yet.");
    GaugeSnapshot.Builder caughtUp =
        gauge(
            "backlot_pipeline_caught_up",
            "1 when its sinks showed everything in its Sources when last looked at.");
    for (Status status : statuses()) {
      String name = status.pipeline();
      for (State each : State.values()) {
        Labels labels = Labels.of("pipeline", name, "state", each.label());
        add(state, labels, each == status.state() ? 1 : 0);
      }
      Labels labels = Labels.of("pipeline", name);
      add(failures, labels, status.failures());
      progress.of(name).ifPresent(known -> add(known, labels, lagSeconds, lagRecords, caughtUp));
    }
    GaugeSnapshot.Builder reachable =
        gauge("backlot_data_plane_reachable", "1 when the data plane answered when last asked.");
    add(reachable, Labels.EMPTY, progress.isReachable() ? 1 : 0);
    return new MetricSnapshots(
        state.build(),
        failures.build(),
        lagSeconds.build(),
        lagRecords.build(),
        caughtUp.build(),
        reachable.build());
  }

  private static void add(
      Progress known,
      Labels labels,
      GaugeSnapshot.Builder lagSeconds,
      GaugeSnapshot.Builder lagRecords,
      GaugeSnapshot.Builder caughtUp) {
    known.lagSeconds().ifPresent(seconds -> add(lagSeconds, labels, seconds.doubleValue()));
    known.lagRecords().ifPresent(records -> add(lagRecords, labels, records.doubleValue()));
    known
        .lagRecords()
        .ifPresent(records -> add(caughtUp, labels, records.longValue() == 0 ? 1 : 0));
  }

  /** A scrape while the metadata database is away shows the rest. */
  private List<Status> statuses() {
    try {
      return pipelines.list();
    } catch (RuntimeException e) {
      LOG.debug("Cannot read the pipelines' statuses", e);
      return List.of();
    }
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static void add(GaugeSnapshot.Builder gauge, Labels labels, double value) {
    gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
  }
}
