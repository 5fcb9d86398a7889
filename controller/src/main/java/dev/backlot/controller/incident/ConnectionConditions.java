package dev.backlot.controller.incident;

import dev.backlot.controller.document.Usage;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.CaptureStore.Status;
import dev.backlot.metadata.CaptureStore.Unwell;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.SpecKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is wrong with connections, as their captures say. */
public final class ConnectionConditions implements Conditions {
  private static final Set<String> LOST =
      Set.of(
          ProblemCode.CONNECTION_SLOT_LOST.name(), ProblemCode.CONNECTION_PUBLICATION_LOST.name());

  /** What else capture does not expect to go away by itself, though it goes on to try. */
  private static final Set<String> FAILED =
      Set.of(ProblemCode.KAFKA_DATA_LOST.name(), ProblemCode.SPEC_NOT_SUPPORTED.name());

  private final DocumentStore documents;
  private final CaptureStore captures;
  private Set<String> unwell = Set.of();
  private Set<String> unmeasured = Set.of();

  /** Judges the declared connections. */
  public ConnectionConditions(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.captures = metadata.captures();
  }

  @Override
  public Set<AlertKind> kinds() {
    return EnumSet.of(
        AlertKind.CONNECTION_FAILED,
        AlertKind.CONNECTION_RETRYING,
        AlertKind.SLOT_LOST,
        AlertKind.PREREQUISITE_MISSING,
        AlertKind.TABLE_REFUSED,
        AlertKind.WAL_OVER_ALERT,
        AlertKind.WAL_OVER_LIMIT);
  }

  @Override
  public List<Condition> current() {
    Map<String, Status> statuses = new HashMap<>();
    captures.statuses().forEach(status -> statuses.put(status.connection(), status));
    Set<String> unattended = captures.unattended();
    Set<String> notRunning = new HashSet<>();
    Set<String> notMeasured = new HashSet<>();
    List<Condition> found = new ArrayList<>();
    for (StoredDocument document : documents.list(SpecKind.CONNECTION)) {
      Optional<Status> status = Optional.ofNullable(statuses.get(document.name()));
      Optional<ConnectionSpec> spec =
          Usage.spec(document.json())
              .filter(ConnectionSpec.class::isInstance)
              .map(ConnectionSpec.class::cast);
      if (document.deleting() || status.isEmpty() || spec.isEmpty()) {
        continue;
      }
      Map<String, Object> details = Json.readMap(status.get().details());
      RetainedLog.of(details)
          .ifPresentOrElse(
              log -> log.condition(spec.get(), status.get().updatedAt()).ifPresent(found::add),
              () -> notMeasured.add(document.name()));
      Optional<Unwell> trouble = status.get().unwell();
      if (trouble.isPresent()) {
        notRunning.add(document.name());
        found.add(notRunning(status.get(), trouble.get()));
      } else if (unattended.contains(document.name())) {
        notRunning.add(document.name());
        found.add(unattended(document.name()));
      } else {
        found.addAll(running(spec.get(), status.get(), details));
      }
    }
    unwell = notRunning;
    unmeasured = notMeasured;
    return found;
  }

  /**
   * A capture that does not run knows nothing of its tables, and nothing of retained log unless it
   * reaches its database.
   */
  @Override
  public boolean canTell(AlertKind kind, Subject subject) {
    return switch (kind) {
      case TABLE_REFUSED -> !unwell.contains(SourceName.parse(subject.name()).connection());
      case PREREQUISITE_MISSING -> !unwell.contains(subject.name());
      case WAL_OVER_ALERT, WAL_OVER_LIMIT -> !unmeasured.contains(subject.name());
      default -> true;
    };
  }

  private static Condition notRunning(Status status, Unwell trouble) {
    AlertKind kind =
        LOST.contains(trouble.code())
            ? AlertKind.SLOT_LOST
            : FAILED.contains(trouble.code())
                ? AlertKind.CONNECTION_FAILED
                : AlertKind.CONNECTION_RETRYING;
    String reason =
        trouble.reason().isEmpty()
            ? "Capture of connection '"
                + status.connection()
                + "' has not begun. It may wait for transactions of the database to end."
            : trouble.reason();
    return Condition.of(
        kind,
        Subject.connection(status.connection()),
        Severity.CRITICAL,
        reason,
        Map.of("code", trouble.code(), "state", status.state().label()),
        trouble.since());
  }

  private static Condition unattended(String connection) {
    return Condition.of(
        AlertKind.CONNECTION_RETRYING,
        Subject.connection(connection),
        Severity.CRITICAL,
        "No worker captures connection '"
            + connection
            + "'. See whether the data plane and other capture workers run.",
        Map.of("code", "", "state", "unattended"),
        Instant.now());
  }

  private static List<Condition> running(
      ConnectionSpec spec, Status status, Map<String, Object> details) {
    List<Condition> found = new ArrayList<>();
    if (details.get("tables") instanceof Map<?, ?> tables) {
      tables.forEach(
          (table, said) ->
              found.add(refused(spec.name(), String.valueOf(table), said, status.updatedAt())));
    }
    if (details.get("prerequisites") instanceof List<?> missing && !missing.isEmpty()) {
      found.add(prerequisite(spec.name(), missing.get(0), status.updatedAt()));
    }
    return found;
  }

  private static Condition prerequisite(String connection, Object said, Instant since) {
    Map<?, ?> facts = said instanceof Map<?, ?> map ? map : Map.of();
    return Condition.of(
        AlertKind.PREREQUISITE_MISSING,
        Subject.connection(connection),
        Severity.CRITICAL,
        facts.get("reason") + " Until then it runs on, but could not begin again.",
        Map.of("code", String.valueOf(facts.get("code"))),
        since);
  }

  private static Condition refused(String connection, String table, Object said, Instant since) {
    Map<?, ?> facts = said instanceof Map<?, ?> map ? map : Map.of();
    return new Condition(
        AlertKind.TABLE_REFUSED,
        new Subject(Subject.Kind.SOURCE, connection + "." + table),
        Subject.connection(connection),
        Severity.CRITICAL,
        String.valueOf(facts.get("reason")),
        Map.of("code", String.valueOf(facts.get("code"))),
        since);
  }
}
