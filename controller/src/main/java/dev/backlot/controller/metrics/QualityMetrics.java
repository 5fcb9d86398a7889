package dev.backlot.controller.metrics;

import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.metadata.AuditStore.ProofState;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.IncidentStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.alert.AlertKind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is proven of tables and what needs a person, as of the scrape. */
public final class QualityMetrics implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(QualityMetrics.class);

  private final AuditStore audits;
  private final IncidentStore incidents;

  /** Shows what is stored. */
  public QualityMetrics(MetadataDatabase metadata) {
    this.audits = metadata.audits();
    this.incidents = metadata.incidents();
  }

  @Override
  public MetricSnapshots collect() {
    try {
      return measured();
    } catch (RuntimeException e) {
      LOG.debug("Cannot read audits and incidents", e);
      return new MetricSnapshots(List.of());
    }
  }

  private MetricSnapshots measured() {
    GaugeSnapshot.Builder state =
        gauge("backlot_audit_state", "1 for the state that the table's audit is in, else 0.");
    GaugeSnapshot.Builder age =
        gauge(
            "backlot_audit_proven_age_seconds",
            "Time since the table was proven equal to the Source.");
    GaugeSnapshot.Builder rows =
        gauge("backlot_audit_compared_rows", "Rows that the last round compared.");
    Instant now = Instant.now();
    Map<String, Long> differing = new TreeMap<>();
    for (Proof proof : audits.proofs()) {
      differing.put(proof.table(), 0L);
      Labels labels =
          Labels.of("pipeline", proof.pipeline(), "table", proof.table(), "source", proof.source());
      for (ProofState each : ProofState.values()) {
        add(state, labels.merge(Labels.of("state", each.label())), each == proof.state() ? 1 : 0);
      }
      proof.provenAt().ifPresent(at -> add(age, labels, HeartbeatStore.seconds(at, now)));
      add(rows, labels, proof.comparedRows());
    }
    GaugeSnapshot.Builder differences =
        gauge("backlot_audit_differences", "Keys in which the table is known to differ.");
    differing.putAll(audits.differenceCounts());
    differing.forEach((table, count) -> add(differences, Labels.of("table", table), count));
    GaugeSnapshot.Builder open =
        gauge("backlot_incidents", "Incidents that are not over, by what they are about.");
    Map<AlertKind, long[]> counts = new EnumMap<>(AlertKind.class);
    for (Incident incident : incidents.unresolved()) {
      boolean seen = incident.state() != State.OPEN;
      counts.computeIfAbsent(incident.cause().kind(), any -> new long[2])[seen ? 1 : 0]++;
    }
    for (AlertKind kind : AlertKind.values()) {
      long[] ofKind = counts.getOrDefault(kind, new long[2]);
      add(open, Labels.of("kind", kind.label(), "handled", "no"), ofKind[0]);
      add(open, Labels.of("kind", kind.label(), "handled", "yes"), ofKind[1]);
    }
    return new MetricSnapshots(
        state.build(), age.build(), rows.build(), differences.build(), open.build());
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static void add(GaugeSnapshot.Builder gauge, Labels labels, double value) {
    gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
  }
}
