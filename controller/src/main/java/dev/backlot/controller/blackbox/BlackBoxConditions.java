package dev.backlot.controller.blackbox;

import dev.backlot.controller.incident.Condition;
import dev.backlot.controller.incident.Conditions;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.BlackBoxStore.State;
import dev.backlot.metadata.BlackBoxStore.Status;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.enrichment.EnrichedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Audits without a common position that found differences, or can't look. */
public final class BlackBoxConditions implements Conditions {
  private final DocumentStore documents;
  private final BlackBoxStore store;
  private final AuditList audits;

  /** Judges by what the metadata database holds. */
  public BlackBoxConditions(MetadataDatabase metadata, AuditList audits) {
    this.documents = metadata.documents();
    this.store = metadata.blackBoxAudits();
    this.audits = audits;
  }

  @Override
  public Set<AlertKind> kinds() {
    return Set.of(
        AlertKind.QUERIES_DIFFER, AlertKind.QUERIES_NOT_COMPARED, AlertKind.ENRICHMENT_DIFFERS);
  }

  @Override
  public List<Condition> current() {
    List<Condition> conditions = new ArrayList<>();
    for (StoredDocument document : documents.list(SpecKind.AUDIT)) {
      if (!document.deleting()) {
        store
            .status(document.name())
            .flatMap(status -> condition(document.name(), status))
            .ifPresent(conditions::add);
      }
    }
    audits
        .enriched()
        .forEach(
            (table, pipeline) ->
                store
                    .status(EnrichmentAudit.name(table))
                    .filter(status -> pipeline.audit().pause().isPresent())
                    .filter(status -> status.state() == State.DIFFERENT)
                    .map(status -> condition(table, status))
                    .ifPresent(conditions::add));
    return conditions;
  }

  private static Condition condition(EnrichedTable table, Status status) {
    return new Condition(
        AlertKind.ENRICHMENT_DIFFERS,
        new Subject(Subject.Kind.TABLE, table.table()),
        Subject.pipeline(table.pipeline()),
        Severity.WARNING,
        "What step '" + table.step() + "' took is not what its graph answers: " + status.reason(),
        Map.of("step", table.step()),
        status.since());
  }

  private static Optional<Condition> condition(String name, Status status) {
    Subject subject = new Subject(Subject.Kind.AUDIT, name);
    if (status.state() == State.DIFFERENT) {
      return Optional.of(
          Condition.of(
              AlertKind.QUERIES_DIFFER,
              subject,
              Severity.CRITICAL,
              status.reason(),
              Map.of("source_rows", status.sourceRows(), "target_rows", status.targetRows()),
              status.since()));
    }
    return status.state() == State.FAILED
        ? Optional.of(
            Condition.of(
                AlertKind.QUERIES_NOT_COMPARED,
                subject,
                Severity.WARNING,
                status.reason(),
                Map.of(),
                status.since()))
        : Optional.empty();
  }
}
