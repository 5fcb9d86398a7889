package dev.backlot.controller.heartbeat;

import dev.backlot.controller.document.Usage;
import dev.backlot.controller.incident.Condition;
import dev.backlot.controller.incident.Conditions;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges silence: of a connection whose capture says that it runs, and of tables whose pipeline
 * runs. A table is only blamed for heartbeats that its topics have.
 */
public final class HeartbeatConditions implements Conditions {
  /** What is older was said by a data plane that does not look any more. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** So many periods may pass without a heartbeat, however low the limit is. */
  private static final int PERIODS = 3;

  private final DocumentStore documents;
  private final CaptureStore captures;
  private final PipelineStore pipelines;
  private final HeartbeatStore heartbeats;
  private final Instant began = Instant.now();
  private Set<Subject> untold = Set.of();

  /** Judges by what is stored. */
  public HeartbeatConditions(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.captures = metadata.captures();
    this.pipelines = metadata.pipelines();
    this.heartbeats = metadata.heartbeats();
  }

  @Override
  public Set<AlertKind> kinds() {
    return EnumSet.of(AlertKind.HEARTBEAT_SILENT);
  }

  /** Nobody looks at a table whose pipeline does not run, or when the data plane is away. */
  @Override
  public boolean canTell(AlertKind kind, Subject subject) {
    return !untold.contains(subject);
  }

  @Override
  public List<Condition> current() {
    Instant now = pipelines.now();
    Set<Subject> unknown = new HashSet<>();
    Map<String, ConnectionSpec> beating = new HashMap<>();
    List<Condition> found = new ArrayList<>();
    Map<String, Beat> newest = new HashMap<>();
    heartbeats.newest().forEach(beat -> newest.put(beat.connection(), beat));
    Map<String, CaptureStore.Status> captured = new HashMap<>();
    captures.statuses().forEach(status -> captured.put(status.connection(), status));
    for (StoredDocument document : documents.list(SpecKind.CONNECTION)) {
      Optional<ConnectionSpec> spec = connection(document);
      if (spec.isPresent() && spec.get().heartbeatPeriod().isPresent() && !document.deleting()) {
        beating.put(document.name(), spec.get());
        CaptureStore.Status status = captured.get(document.name());
        if (status == null || status.state() != CaptureStore.State.RUNNING) {
          unknown.add(Subject.connection(document.name()));
        } else {
          silence(spec.get(), Optional.ofNullable(newest.get(document.name())), document, now)
              .ifPresent(found::add);
        }
      }
    }
    found.addAll(tables(beating, unknown, now));
    untold = unknown;
    return found;
  }

  private static Optional<ConnectionSpec> connection(StoredDocument document) {
    return Usage.spec(document.json())
        .filter(ConnectionSpec.class::isInstance)
        .map(ConnectionSpec.class::cast);
  }

  /** While nobody looked, nothing was silent; so after a start it takes the limit once more. */
  private Optional<Condition> silence(
      ConnectionSpec spec, Optional<Beat> newest, StoredDocument document, Instant now) {
    Optional<Duration> limit = limit(spec.alerts().heartbeatLimit(), spec);
    Instant last = newest.map(Beat::writtenAt).orElse(Instant.EPOCH);
    Instant since = later(later(document.updatedAt(), last), began);
    if (limit.isEmpty() || !since.plus(limit.get()).isBefore(now)) {
      return Optional.empty();
    }
    return Optional.of(
        Condition.of(
            AlertKind.HEARTBEAT_SILENT,
            Subject.connection(spec.name()),
            Severity.CRITICAL,
            "Capture of connection '%s' has passed on no heartbeat for more than %d s, though it says that it runs. See the data plane's log."
                .formatted(spec.name(), limit.get().toSeconds()),
            facts(since, limit.get(), now),
            since));
  }

  private List<Condition> tables(
      Map<String, ConnectionSpec> beating, Set<Subject> unknown, Instant now) {
    Map<String, State> states = new HashMap<>();
    pipelines.list().forEach(status -> states.put(status.pipeline(), status.state()));
    Map<String, PipelineSpec> specs = new HashMap<>();
    for (StoredDocument document : documents.list(SpecKind.PIPELINE)) {
      if (!document.deleting()) {
        Usage.pipeline(document).ifPresent(spec -> specs.put(document.name(), spec));
      }
    }
    Map<Subject, Condition> silent = new LinkedHashMap<>();
    for (Shown shown : heartbeats.shown()) {
      PipelineSpec spec = specs.get(shown.pipeline());
      ConnectionSpec connection = beating.get(shown.connection());
      if (spec == null || connection == null || isPaused(spec)) {
        continue;
      }
      Subject table = new Subject(Subject.Kind.TABLE, shown.table());
      State state = states.get(shown.pipeline());
      boolean runs = state == State.RUNNING || state == State.CATCHING_UP;
      if (!runs || shown.lookedAt().plus(FRESH).isBefore(now)) {
        unknown.add(table);
        continue;
      }
      silence(shown, table, spec, connection, now)
          .ifPresent(
              condition ->
                  silent.merge(table, condition, (a, b) -> a.since().isBefore(b.since()) ? a : b));
    }
    return List.copyOf(silent.values());
  }

  private static boolean isPaused(PipelineSpec spec) {
    return spec.state() == PipelineSpec.DesiredState.PAUSED;
  }

  private static Optional<Condition> silence(
      Shown shown, Subject table, PipelineSpec spec, ConnectionSpec connection, Instant now) {
    Optional<Duration> limit = limit(spec.alerts().heartbeatLimit(), connection);
    Optional<Instant> since = shown.stillSince();
    if (limit.isEmpty() || since.isEmpty() || !since.get().plus(limit.get()).isBefore(now)) {
      return Optional.empty();
    }
    Map<String, Object> facts = facts(since.get(), limit.get(), now);
    facts.put("connection", shown.connection());
    shown.beat().ifPresent(beat -> facts.put("last_shown", beat.committedAt().toString()));
    return Optional.of(
        new Condition(
            AlertKind.HEARTBEAT_SILENT,
            table,
            Subject.pipeline(shown.pipeline()),
            Severity.CRITICAL,
            "No heartbeat of connection '%s' has come to table '%s' for more than %d s: pipeline '%s' stands still, whatever its job says. See which step waits: `backlot describe pipeline %4$s`."
                .formatted(
                    shown.connection(), shown.table(), limit.get().toSeconds(), shown.pipeline()),
            facts,
            since.get()));
  }

  private static Map<String, Object> facts(Instant since, Duration limit, Instant now) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("silent_seconds", Duration.between(since, now).toSeconds());
    facts.put("limit_seconds", limit.toSeconds());
    return facts;
  }

  /** A limit below the period would be reached between any two heartbeats. */
  private static Optional<Duration> limit(Optional<Duration> said, ConnectionSpec connection) {
    Duration least = connection.heartbeatPeriod().orElse(Duration.ZERO).multipliedBy(PERIODS);
    return said.map(limit -> later(limit, least));
  }

  private static <T extends Comparable<T>> T later(T one, T other) {
    return Comparator.<T>naturalOrder().compare(one, other) >= 0 ? one : other;
  }
}
