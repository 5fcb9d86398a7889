package dev.backlot.controller.incident;

import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Incident;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many incidents are not over, as of the scrape: one query. */
public final class IncidentMetrics implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentMetrics.class);

  private final IncidentStore incidents;

  /** Counts the incidents of a store. */
  public IncidentMetrics(IncidentStore incidents) {
    this.incidents = incidents;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("backlot_incidents")
            .help("Incidents that are not over, by kind, severity and state.");
    Map<Labels, Integer> counts = new TreeMap<>();
    for (Incident incident : unresolved()) {
      Labels labels =
          Labels.of(
              "kind", incident.cause().kind().label(),
              "severity", incident.cause().severity().label(),
              "state", incident.state().label());
      counts.merge(labels, 1, Integer::sum);
    }
    counts.forEach(
        (labels, count) ->
            gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(count).build()));
    return new MetricSnapshots(gauge.build());
  }

  /** A scrape while the metadata database is away shows the rest. */
  private List<Incident> unresolved() {
    try {
      return incidents.unresolved();
    } catch (RuntimeException e) {
      LOG.debug("Cannot read the incidents", e);
      return List.of();
    }
  }
}
