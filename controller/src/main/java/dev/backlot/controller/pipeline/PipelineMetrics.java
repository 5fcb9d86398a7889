package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.dataplane.DataPlane.TableProgress;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
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
    Gauges measured = new Gauges();
    for (Status status : statuses()) {
      String name = status.pipeline();
      for (State each : State.values()) {
        Labels labels = Labels.of("pipeline", name, "state", each.label());
        add(state, labels, each == status.state() ? 1 : 0);
      }
      add(failures, Labels.of("pipeline", name), status.failures());
      progress.of(name).ifPresent(known -> measured.add(name, known));
    }
    GaugeSnapshot.Builder reachable =
        gauge("backlot_data_plane_reachable", "1 when the data plane answered when last asked.");
    add(reachable, Labels.EMPTY, progress.isReachable() ? 1 : 0);
    List<MetricSnapshot> all = new ArrayList<>(measured.build());
    all.addAll(List.of(state.build(), failures.build(), reachable.build()));
    return new MetricSnapshots(all);
  }

  /** What the progress board knows of pipelines and their tables. */
  private static final class Gauges {
    final GaugeSnapshot.Builder lagSeconds =
        gauge("backlot_pipeline_lag_seconds", "Age of the oldest change that no sink shows yet.");
    final GaugeSnapshot.Builder lagRecords =
        gauge("backlot_pipeline_lag_records", "Records of its Sources that no sink shows yet.");
    final GaugeSnapshot.Builder caughtUp =
        gauge(
            "backlot_pipeline_caught_up",
            "1 when its sinks showed everything in its Sources when last looked at.");
    final GaugeSnapshot.Builder rate =
        gauge("backlot_pipeline_rate", "Records a second that its sinks took in.");
    final GaugeSnapshot.Builder deadLetters =
        gauge("backlot_pipeline_dead_letters", "Records that failed and wait to be replayed.");
    final GaugeSnapshot.Builder skipped =
        gauge(
            "backlot_pipeline_skipped_records",
            "Records that failed and were skipped since the job started.");
    final GaugeSnapshot.Builder tableLagSeconds =
        gauge("backlot_table_lag_seconds", "Age of the oldest change that the table lacks.");
    final GaugeSnapshot.Builder tableLagRecords =
        gauge("backlot_table_lag_records", "Records of its Sources that the table lacks.");

    void add(String pipeline, Progress known) {
      Labels labels = Labels.of("pipeline", pipeline);
      known.lagSeconds().ifPresent(seconds -> put(lagSeconds, labels, seconds));
      known.lagRecords().ifPresent(records -> put(lagRecords, labels, records));
      known.lagRecords().ifPresent(records -> put(caughtUp, labels, records == 0 ? 1 : 0));
      known.rate().ifPresent(perSecond -> put(rate, labels, perSecond));
      known.deadLetters().ifPresent(count -> put(deadLetters, labels, count));
      known.skipped().ifPresent(count -> put(skipped, labels, count));
      for (TableProgress table : known.tables()) {
        Labels ofTable = Labels.of("pipeline", pipeline, "table", table.table());
        table.lagSeconds().ifPresent(seconds -> put(tableLagSeconds, ofTable, seconds));
        table.lagRecords().ifPresent(records -> put(tableLagRecords, ofTable, records));
      }
    }

    private static void put(GaugeSnapshot.Builder gauge, Labels labels, Number value) {
      PipelineMetrics.add(gauge, labels, value.doubleValue());
    }

    List<MetricSnapshot> build() {
      return List.of(
          lagSeconds.build(),
          lagRecords.build(),
          caughtUp.build(),
          rate.build(),
          deadLetters.build(),
          skipped.build(),
          tableLagSeconds.build(),
          tableLagRecords.build());
    }
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
