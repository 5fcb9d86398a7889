package dev.backlot.controller.home;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.controller.home.Home.Counts;
import dev.backlot.controller.home.Home.Movement;
import dev.backlot.controller.home.Home.MovingSource;
import dev.backlot.controller.home.Home.NeedsYou;
import dev.backlot.controller.home.Home.Pipeline;
import dev.backlot.controller.home.Home.Pipelines;
import dev.backlot.controller.home.Home.Row;
import dev.backlot.controller.home.Home.Service;
import dev.backlot.controller.home.Home.Trouble;
import dev.backlot.controller.home.Home.Work;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.pipeline.PipelineItems;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.work.WorkBoard;
import dev.backlot.controller.work.WorkItem;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.spec.SpecKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what a person sees first. What is the same for everybody is found out at most once
 * a second. Thread-safe.
 */
public final class HomeBoard {
  private static final int TROUBLES = 12;
  private static final int PIPELINES = 12;
  private static final int WORK = 8;
  private static final long FRESH_NANOS = 800_000_000L;

  /** What needs a person first. */
  private static final List<String> STATES =
      List.of("blocked", "failed", "deleting", "deploying", "catching_up", "paused", "running");

  private final MetadataDatabase metadata;
  private final PipelineItems pipelines;
  private final ProgressBoard progress;
  private final WorkBoard work;
  private final MovementBoard movement;
  private final Masks masks;
  private final Instant startedAt = Instant.now();
  private @Nullable Known known;

  /** Shows these. */
  public HomeBoard(
      MetadataDatabase metadata,
      PipelineItems pipelines,
      ProgressBoard progress,
      WorkBoard work,
      MovementBoard movement,
      Masks masks) {
    this.metadata = metadata;
    this.pipelines = pipelines;
    this.progress = progress;
    this.work = work;
    this.movement = movement;
    this.masks = masks;
  }

  /** What is the same for everybody. */
  private record Known(
      long nanos,
      Instant now,
      List<Item> pipelines,
      List<Incident> incidents,
      Counts counts,
      Map<String, Long> proofs) {}

  /** Returns what a caller sees. */
  Home of(Caller caller) {
    Known now = known();
    List<WorkItem> open = work.list().stream().filter(WorkItem::isOpen).toList();
    return new Home(
        now.now(),
        startedAt,
        services(),
        now.counts(),
        needsYou(now.incidents(), caller),
        pipelines(now.pipelines(), caller),
        new Work(open.size(), open.stream().limit(WORK).toList()),
        masked(movement.look(), caller),
        now.proofs());
  }

  private Movement masked(Movement moving, Caller caller) {
    return masks.hidesAnything(caller)
        ? new Movement(
            moving.changeRate(),
            moving.sources().stream().map(source -> masked(source, caller)).toList())
        : moving;
  }

  private MovingSource masked(MovingSource source, Caller caller) {
    Set<String> masked = masks.ofSource(caller, source.name());
    return masked.isEmpty()
        ? source
        : new MovingSource(
            source.name(),
            source.rate(),
            source.columns(),
            source.rows().stream()
                .map(row -> new Row(row.id(), row.op(), row.at(), Masks.hide(row.values(), masked)))
                .toList());
  }

  private synchronized Known known() {
    Known before = known;
    if (before != null && System.nanoTime() - before.nanos() < FRESH_NANOS) {
      return before;
    }
    List<Item> items = pipelines.list(Effort.CHEAP);
    Known found =
        new Known(
            System.nanoTime(),
            Instant.now(),
            items,
            metadata.incidents().unresolved(),
            counts(items.size()),
            new TreeMap<>(
                metadata.audits().proofs().stream()
                    .collect(Collectors.groupingBy(AuditStore.Proof::table, Collectors.toList()))
                    .values()
                    .stream()
                    .map(HomeBoard::gravest)
                    .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))));
    known = found;
    return found;
  }

  private static String gravest(List<AuditStore.Proof> ofTable) {
    List<AuditStore.ProofState> order =
        List.of(
            AuditStore.ProofState.DIFFERENT,
            AuditStore.ProofState.FAILED,
            AuditStore.ProofState.WAITING,
            AuditStore.ProofState.NEW,
            AuditStore.ProofState.EQUAL,
            AuditStore.ProofState.UNPROVEN);
    return ofTable.stream()
        .map(AuditStore.Proof::state)
        .min(Comparator.comparing(order::indexOf))
        .orElse(AuditStore.ProofState.NEW)
        .label();
  }

  private Counts counts(int ofPipelines) {
    Map<SourceStore.State, Integer> sources = metadata.sources().counts();
    Map<String, CaptureStore.State> captures =
        metadata.captures().statuses().stream()
            .collect(Collectors.toMap(CaptureStore.Status::connection, CaptureStore.Status::state));
    List<String> connections =
        metadata.documents().list(SpecKind.CONNECTION).stream().map(each -> each.name()).toList();
    return new Counts(
        connections.size(),
        (int)
            connections.stream()
                .map(captures::get)
                .filter(state -> state != null && state != CaptureStore.State.RUNNING)
                .count(),
        sources.entrySet().stream()
            .filter(each -> each.getKey() != SourceStore.State.REMOVED)
            .mapToInt(Map.Entry::getValue)
            .sum(),
        sources.getOrDefault(SourceStore.State.DUMPING, 0),
        ofPipelines);
  }

  private List<Service> services() {
    String plane = progress.isReachable() ? "healthy" : "down";
    return List.of(
        new Service("postgres", "healthy"),
        new Service("kafka", plane),
        new Service("capture", plane),
        new Service("flink", plane),
        new Service("controller", "healthy"));
  }

  private static NeedsYou needsYou(List<Incident> incidents, Caller caller) {
    List<Trouble> all =
        incidents.stream()
            .sorted(
                Comparator.comparing(
                        (Incident incident) -> incident.state() != IncidentStore.State.OPEN)
                    .thenComparing(incident -> !isMine(incident.cause().owner(), caller))
                    .thenComparing(incident -> incident.cause().severity() != Severity.CRITICAL)
                    .thenComparing(Comparator.comparing(Incident::openedAt).reversed()))
            .map(incident -> trouble(incident, caller))
            .toList();
    return new NeedsYou(
        all.size(),
        (int) all.stream().filter(Trouble::mine).count(),
        all.stream().limit(TROUBLES).toList());
  }

  private static Trouble trouble(Incident incident, Caller caller) {
    IncidentStore.Cause cause = incident.cause();
    return new Trouble(
        incident.id(),
        cause.kind().label(),
        cause.severity().label(),
        incident.state().label(),
        isMine(cause.owner(), caller),
        cause.owner(),
        cause.subject().kind().label(),
        cause.subject().name(),
        cause.summary(),
        incident.openedAt());
  }

  /** What an administrator may do everywhere does not make everything its own. */
  private static boolean isMine(String owner, Caller caller) {
    return caller.teams().contains(owner);
  }

  private static Pipelines pipelines(List<Item> items, Caller caller) {
    Map<String, Long> byState =
        items.stream()
            .collect(Collectors.groupingBy(Item::state, TreeMap::new, Collectors.counting()));
    List<Pipeline> shown =
        items.stream()
            .map(item -> pipeline(item, caller))
            .sorted(
                Comparator.comparing((Pipeline each) -> !each.mine())
                    .thenComparing(each -> rank(each.state()))
                    .thenComparing(each -> -each.lagSeconds().orElse(0.0))
                    .thenComparing(Pipeline::name))
            .limit(PIPELINES)
            // Rows keep their places while lags change.
            .sorted(
                Comparator.comparing((Pipeline each) -> !each.mine())
                    .thenComparing(each -> Math.min(rank(each.state()), 2))
                    .thenComparing(Pipeline::name))
            .toList();
    List<Double> rates =
        items.stream().flatMap(item -> number(item.status().get("rate")).stream()).toList();
    return new Pipelines(items.size(), byState, rates.stream().reduce(Double::sum), shown);
  }

  private static int rank(String state) {
    int rank = STATES.indexOf(state);
    return rank < 0 ? STATES.size() : rank;
  }

  private static Pipeline pipeline(Item item, Caller caller) {
    Map<String, Object> status = item.status();
    String owner = String.valueOf(item.spec().getOrDefault("owner", ""));
    return new Pipeline(
        item.name(),
        owner,
        isMine(owner, caller),
        item.state(),
        String.valueOf(status.getOrDefault("reason", "")),
        status.get("since") instanceof Instant since ? since : Instant.now(),
        number(status.get("rate")),
        number(status.get("lag_seconds")),
        number(status.get("lag_records")).map(Double::longValue),
        number(status.get("dead_letters")).map(Double::longValue),
        number(status.get("heartbeat_seconds")));
  }

  private static Optional<Double> number(@Nullable Object value) {
    return value instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
  }
}
