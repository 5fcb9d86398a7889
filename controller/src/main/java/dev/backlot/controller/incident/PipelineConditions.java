package dev.backlot.controller.incident;

import dev.backlot.controller.blocked.BlockedPipelines;
import dev.backlot.controller.blocked.BlockedText;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.PipelineAlerts;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is wrong with pipelines: their state, how often jobs fail, lag, dead letters. */
public final class PipelineConditions implements Conditions {
  private static final Duration RESTARTS = Duration.ofMinutes(10);
  private static final Duration STEADY = Duration.ofSeconds(60);

  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final ProgressBoard progress;
  private final BlockedPipelines blocked;
  private Set<String> between = Set.of();
  private Set<String> unmeasured = Set.of();

  /** Judges the declared pipelines. */
  public PipelineConditions(
      MetadataDatabase metadata, ProgressBoard progress, BlockedPipelines blocked) {
    this.blocked = blocked;
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.progress = progress;
  }

  @Override
  public Set<AlertKind> kinds() {
    return EnumSet.of(
        AlertKind.PIPELINE_BLOCKED,
        AlertKind.UPGRADE_FAILED,
        AlertKind.PIPELINE_FAILED,
        AlertKind.JOB_RESTARTING,
        AlertKind.PIPELINE_LAG,
        AlertKind.DEAD_LETTERS);
  }

  @Override
  public List<Condition> current() {
    Map<String, Status> statuses = new HashMap<>();
    pipelines.list().forEach(status -> statuses.put(status.pipeline(), status));
    Map<String, Integer> failures = pipelines.failedWithin(RESTARTS);
    Instant now = pipelines.now();
    Set<String> deploying = new HashSet<>();
    Set<String> withoutProgress = new HashSet<>();
    List<Condition> found = new ArrayList<>();
    for (StoredDocument document : documents.list(SpecKind.PIPELINE)) {
      Optional<PipelineSpec> spec = Usage.pipeline(document);
      Optional<Status> status = Optional.ofNullable(statuses.get(document.name()));
      if (spec.isEmpty() || status.isEmpty() || document.deleting() || isPaused(spec.get())) {
        continue;
      }
      if (status.get().state() == State.DEPLOYING) {
        deploying.add(document.name());
      }
      PipelineAlerts alerts = spec.get().alerts();
      state(spec.get(), status.get()).ifPresent(found::add);
      int failed = Math.max(status.get().failures(), failures.getOrDefault(document.name(), 0));
      restarts(status.get(), failed, alerts, now).ifPresent(found::add);
      Optional<Progress> known = progress.of(document.name());
      if (known.isEmpty()) {
        withoutProgress.add(document.name());
      } else {
        lag(document.name(), known.get(), alerts, now).ifPresent(found::add);
        deadLetters(document.name(), known.get(), alerts, now).ifPresent(found::add);
      }
    }
    between = deploying;
    unmeasured = withoutProgress;
    return found;
  }

  @Override
  public boolean canTell(AlertKind kind, Subject subject) {
    boolean measured = kind == AlertKind.PIPELINE_LAG || kind == AlertKind.DEAD_LETTERS;
    return !(measured ? unmeasured : between).contains(subject.name());
  }

  private static boolean isPaused(PipelineSpec spec) {
    return spec.state() == PipelineSpec.DesiredState.PAUSED;
  }

  private Optional<Condition> state(PipelineSpec spec, Status status) {
    if (status.code().equals(ProblemCode.UPGRADE_FAILED.name())) {
      return Optional.of(notUpgraded(status));
    }
    List<Map<String, Object>> sources =
        status.state() == State.BLOCKED
                && status.code().equals(ProblemCode.SCHEMA_INCOMPATIBLE.name())
            ? blocked.describe(spec, status.planHash(), BlockedPipelines.Effort.KNOWN)
            : List.of();
    Optional<AlertKind> kind =
        switch (status.state()) {
          case BLOCKED -> Optional.of(AlertKind.PIPELINE_BLOCKED);
          case FAILED -> Optional.of(AlertKind.PIPELINE_FAILED);
          default -> Optional.empty();
        };
    return kind.map(
        found ->
            Condition.of(
                found,
                Subject.pipeline(status.pipeline()),
                Severity.CRITICAL,
                "Pipeline '"
                    + status.pipeline()
                    + "' is "
                    + status.state().label()
                    + ": "
                    + status.reason()
                    + BlockedText.choices(sources),
                facts(status, sources),
                status.since()));
  }

  private static Map<String, Object> facts(Status status, List<Map<String, Object>> sources) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("code", status.code());
    facts.put("revision", status.revision());
    if (!sources.isEmpty()) {
      facts.put("blocked", sources);
      BlockedText.keptUntil(sources).ifPresent(time -> facts.put("kept_until", time));
    }
    return facts;
  }

  private static Condition notUpgraded(Status status) {
    return Condition.of(
        AlertKind.UPGRADE_FAILED,
        Subject.pipeline(status.pipeline()),
        Severity.WARNING,
        status.reason(),
        Map.of("code", status.code(), "revision", status.revision()),
        status.since());
  }

  /** A job that has run for a minute counts as well again. */
  private static Optional<Condition> restarts(
      Status status, int failures, PipelineAlerts alerts, Instant now) {
    Optional<Integer> limit = alerts.restartLimit().filter(most -> failures >= most);
    boolean runs = status.state() == State.RUNNING || status.state() == State.CATCHING_UP;
    boolean steady = runs && status.since().plus(STEADY).isBefore(now);
    if (limit.isEmpty() || steady || status.state() == State.BLOCKED) {
      return Optional.empty();
    }
    String reason = status.reason().isEmpty() ? "" : " " + status.reason();
    return Optional.of(
        Condition.of(
            AlertKind.JOB_RESTARTING,
            Subject.pipeline(status.pipeline()),
            Severity.CRITICAL,
            "The job of pipeline '" + status.pipeline() + "' fails again and again." + reason,
            Map.of("failures", failures, "limit", limit.get()),
            now));
  }

  private static Optional<Condition> lag(
      String pipeline, Progress progress, PipelineAlerts alerts, Instant now) {
    Optional<Duration> limit = alerts.lagLimit();
    Optional<Double> seconds = progress.lagSeconds();
    if (limit.isEmpty() || seconds.isEmpty() || seconds.get() <= limit.get().toSeconds()) {
      return Optional.empty();
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("lag_seconds", Math.round(seconds.get()));
    progress.lagRecords().ifPresent(records -> facts.put("lag_records", records));
    facts.put("limit_seconds", limit.get().toSeconds());
    return Optional.of(
        Condition.of(
            AlertKind.PIPELINE_LAG,
            Subject.pipeline(pipeline),
            Severity.WARNING,
            "Pipeline '"
                + pipeline
                + "' is behind its Sources by more than "
                + limit.get().toSeconds()
                + " s. See what its job does: `backlot describe pipeline "
                + pipeline
                + "`.",
            facts,
            now.minusSeconds(Math.round(seconds.get() - limit.get().toSeconds()))));
  }

  private static Optional<Condition> deadLetters(
      String pipeline, Progress progress, PipelineAlerts alerts, Instant now) {
    long waiting = progress.deadLetters().orElse(0L);
    Optional<Integer> limit = alerts.deadLetterLimit().filter(most -> waiting >= most);
    return limit.map(
        most ->
            Condition.of(
                AlertKind.DEAD_LETTERS,
                Subject.pipeline(pipeline),
                Severity.WARNING,
                "Records of pipeline '"
                    + pipeline
                    + "' could not be processed and wait. See them with `backlot get deadletters"
                    + " --pipeline "
                    + pipeline
                    + "`, mend the cause and replay them.",
                Map.of("waiting", waiting, "limit", most),
                now));
  }
}
