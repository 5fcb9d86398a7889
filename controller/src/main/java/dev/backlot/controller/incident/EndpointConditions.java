package dev.backlot.controller.incident;

import dev.backlot.controller.document.Usage;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.EndpointStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Endpoints that pipelines ask and that do not answer. */
public final class EndpointConditions implements Conditions {
  private final MetadataDatabase metadata;

  /** Judges the declared endpoints. */
  public EndpointConditions(MetadataDatabase metadata) {
    this.metadata = metadata;
  }

  @Override
  public Set<AlertKind> kinds() {
    return Set.of(AlertKind.ENDPOINT_UNREACHABLE);
  }

  @Override
  public List<Condition> current() {
    List<StoredDocument> documents = metadata.documents().list();
    List<Condition> found = new ArrayList<>();
    for (StoredDocument document : documents) {
      if (document.kind() != SpecKind.ENDPOINT || document.deleting()) {
        continue;
      }
      String name = document.name();
      Optional<EndpointStore.Status> away =
          metadata.endpoints().find(name).filter(status -> !status.reachable());
      List<String> askers = away.isEmpty() ? List.of() : Usage.pipelinesAsking(name, documents);
      if (!askers.isEmpty()) {
        found.add(unreachable(name, away.orElseThrow(), askers));
      }
    }
    return found;
  }

  private static Condition unreachable(
      String name, EndpointStore.Status status, List<String> askers) {
    return Condition.of(
        AlertKind.ENDPOINT_UNREACHABLE,
        new Subject(Subject.Kind.ENDPOINT, name),
        Severity.CRITICAL,
        "Endpoint '"
            + name
            + "' gives no answer: "
            + status.reason()
            + ". These pipelines ask it: "
            + String.join(", ", askers)
            + ".",
        Map.of("url", status.url(), "pipelines", askers),
        status.since());
  }
}
