package dev.backlot.controller.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.blocked.WaitingEvents;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.controller.dataplane.DataPlane.Percentiles;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.dataplane.DataPlane.SourceProgress;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.graph.PipelineGraph.Column;
import dev.backlot.controller.graph.PipelineGraph.Edge;
import dev.backlot.controller.graph.PipelineGraph.Latency;
import dev.backlot.controller.graph.PipelineGraph.Node;
import dev.backlot.controller.graph.PipelineGraph.Parked;
import dev.backlot.controller.graph.StepBoard.Pace;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.pipeline.PipelineItems;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HistoryStore;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Pipelines as graphs. What they show is known already: asking costs the jobs nothing. */
public final class PipelineGraphs {
  private static final Duration ERRORS_OF = Duration.ofHours(1);
  private static final Duration ERRORS_FRESH = Duration.ofSeconds(10);

  private final PipelineItems items;
  private final PipelineStore pipelines;
  private final HistoryStore history;
  private final StepBoard steps;
  private final ProgressBoard progress;
  private final HeartbeatBoard heartbeats;
  private final WaitingEvents waiting;
  private final Map<String, Errors> errors = new ConcurrentHashMap<>();

  /** Shows what these know. */
  public PipelineGraphs(
      MetadataDatabase metadata,
      PipelineItems items,
      StepBoard steps,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      WaitingEvents waiting) {
    this.items = items;
    this.pipelines = metadata.pipelines();
    this.history = metadata.history();
    this.steps = steps;
    this.progress = progress;
    this.heartbeats = heartbeats;
    this.waiting = waiting;
  }

  private record Errors(Instant at, Optional<Long> count) {}

  /** What is known of one pipeline while its graph is drawn. */
  private record Known(
      String state,
      JsonNode plan,
      Map<String, Pace> paces,
      Optional<Progress> progress,
      List<Map<String, Object>> parked) {
    Pace pace(String id) {
      return paces.getOrDefault(id, Pace.UNKNOWN);
    }
  }

  /** Returns a pipeline's graph; empty when there is none of this name. */
  public Optional<PipelineGraph> of(String name) {
    return items
        .find(name, Effort.CHEAP)
        .flatMap(
            item ->
                Usage.spec(Json.write(item.spec()))
                    .filter(PipelineSpec.class::isInstance)
                    .map(PipelineSpec.class::cast)
                    .map(spec -> graph(item, spec)));
  }

  private PipelineGraph graph(Item item, PipelineSpec spec) {
    String name = item.name();
    Known known =
        new Known(
            item.state(),
            pipelines.deployedPlan(name).map(Json::readTree).orElse(Json.readTree("{}")),
            steps.of(name),
            progress.of(name),
            item.state().equals("blocked")
                ? waiting
                    .known(name, String.valueOf(item.status().get("plan_hash")))
                    .orElse(List.of())
                : List.of());
    List<Node> nodes = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    for (StepSpec step : spec.steps()) {
      nodes.add(node(step, known));
      step.inputs()
          .forEach(
              input ->
                  edges.add(
                      new Edge(
                          input.step(),
                          step.id(),
                          input.name(),
                          known.pace(input.step()).outRate())));
      step.publish()
          .ifPresent(
              source -> {
                nodes.add(publication(source, known));
                edges.add(
                    new Edge(
                        step.id(), "publish:" + source, source, known.pace(step.id()).outRate()));
              });
    }
    Optional<Progress> now = known.progress();
    return new PipelineGraph(
        name,
        item.state(),
        Objects.toString(item.status().get("reason"), ""),
        now.flatMap(Progress::rate),
        now.flatMap(Progress::lagSeconds),
        now.flatMap(Progress::lagRecords),
        now.flatMap(Progress::deadLetters),
        errorsLastHour(name),
        latencies(name),
        !known.paces().isEmpty(),
        nodes,
        edges);
  }

  private static Node node(StepSpec step, Known known) {
    String part =
        switch (step.role()) {
          case SOURCE -> "sources";
          case PROCESSOR -> "steps";
          case SINK -> "sinks";
        };
    JsonNode planned = planned(known.plan().path(part), "id", step.id());
    // A Source that several steps name is read once, under the first one's id.
    if (step.role() == StepSpec.Role.SOURCE && planned.isMissingNode()) {
      planned = planned(known.plan().path(part), "name", step.type());
    }
    String id = planned.path("id").asText(step.id());
    Pace pace = known.pace(id);
    Optional<SourceProgress> lag =
        known.progress().stream()
            .flatMap(of -> of.sources().stream())
            .filter(source -> source.id().equals(id) && step.role() == StepSpec.Role.SOURCE)
            .findFirst();
    List<Parked> parked =
        step.role() == StepSpec.Role.SOURCE ? parked(step.type(), known.parked()) : List.of();
    Optional<Double> lagSeconds = lag.flatMap(SourceProgress::lagSeconds);
    Optional<Long> lagRecords = lag.flatMap(SourceProgress::lagRecords);
    if (step.role() == StepSpec.Role.SINK) {
      String table = String.valueOf(step.config().get("table"));
      lagSeconds = ofTable(known, table).flatMap(of -> of.lagSeconds());
      lagRecords = ofTable(known, table).flatMap(of -> of.lagRecords());
    }
    return new Node(
        step.id(),
        step.role().name().toLowerCase(java.util.Locale.ROOT),
        step.role() == StepSpec.Role.SOURCE ? "source" : step.type(),
        name(step),
        parked.isEmpty() ? stepState(known.state()) : "blocked",
        pace.inRate(),
        pace.outRate(),
        pace.errorRate(),
        pace.busy(),
        pace.backPressured(),
        pace.latency(),
        pace.request(),
        lagSeconds,
        lagRecords,
        lag.map(SourceProgress::partitions),
        lag.map(SourceProgress::partitionsWithoutMark),
        parked,
        columns(planned.path("columns")),
        texts(planned.path("key")),
        texts(planned.path("consumed")),
        texts(planned.path("notes")),
        step.config());
  }

  private static Optional<dev.backlot.controller.dataplane.DataPlane.TableProgress> ofTable(
      Known known, String table) {
    return known.progress().stream()
        .flatMap(of -> of.tables().stream())
        .filter(of -> of.table().equals(table))
        .findFirst();
  }

  private static Node publication(String source, Known known) {
    JsonNode planned = planned(known.plan().path("publications"), "source", source);
    Pace pace = known.pace("publish:" + source);
    return new Node(
        "publish:" + source,
        "publication",
        "source",
        Optional.of(source),
        stepState(known.state()),
        pace.inRate(),
        pace.outRate(),
        pace.errorRate(),
        pace.busy(),
        pace.backPressured(),
        pace.latency(),
        pace.request(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        columns(planned.path("fields")),
        texts(planned.path("key")),
        List.of(),
        texts(planned.path("notes")),
        Map.of());
  }

  private static Optional<String> name(StepSpec step) {
    return switch (step.role()) {
      case SOURCE -> Optional.of(step.type());
      case SINK -> Optional.ofNullable(step.config().get("table")).map(String::valueOf);
      case PROCESSOR -> Optional.empty();
    };
  }

  /** A step of a blocked pipeline that itself does not wait runs on. */
  private static String stepState(String pipeline) {
    return pipeline.equals("blocked") || pipeline.equals("catching_up") ? "running" : pipeline;
  }

  private static JsonNode planned(JsonNode list, String field, String value) {
    for (JsonNode element : list) {
      if (element.path(field).asText().equals(value)) {
        return element;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  private static List<Column> columns(JsonNode planned) {
    List<Column> columns = new ArrayList<>();
    planned.forEach(
        column ->
            columns.add(
                new Column(
                    column.path("name").asText(),
                    column.path("type").asText(),
                    column.path("nullable").asBoolean(true))));
    return columns;
  }

  private static List<String> texts(JsonNode planned) {
    List<String> texts = new ArrayList<>();
    planned.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<Parked> parked(String source, List<Map<String, Object>> all) {
    List<Parked> parked = new ArrayList<>();
    for (Map<String, Object> record : all) {
      if (source.equals(record.get("source"))
          && record.get("partition") instanceof Number partition
          && record.get("offset") instanceof Number offset) {
        parked.add(
            new Parked(
                partition.intValue(),
                offset.longValue(),
                time(record.get("written_at")),
                time(record.get("kept_until"))));
      }
    }
    return parked;
  }

  private static Optional<Instant> time(@Nullable Object value) {
    try {
      return value == null ? Optional.empty() : Optional.of(Instant.parse(value.toString()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private List<Latency> latencies(String pipeline) {
    List<Latency> all = new ArrayList<>();
    for (HeartbeatStore.Shown shown : heartbeats.of(pipeline)) {
      for (HeartbeatStore.Window window : shown.windows()) {
        all.add(
            new Latency(
                shown.table(),
                shown.connection(),
                window.seconds(),
                window.count(),
                new Percentiles(window.total().p50(), window.total().p95(), window.total().p99())));
      }
    }
    return all;
  }

  private Optional<Long> errorsLastHour(String pipeline) {
    Instant now = Instant.now();
    return errors
        .compute(
            pipeline,
            (name, known) ->
                known != null && known.at().plus(ERRORS_FRESH).isAfter(now)
                    ? known
                    : new Errors(now, count(name, now)))
        .count();
  }

  private Optional<Long> count(String pipeline, Instant now) {
    List<@Nullable Double> rates = new ArrayList<>();
    history
        .read("pipeline:" + pipeline, List.of("error_rate"), Step.FINE, now.minus(ERRORS_OF))
        .forEach(moment -> rates.add(moment.values().get(0)));
    return rates.stream().allMatch(Objects::isNull)
        ? Optional.empty()
        : Optional.of(
            Math.round(
                rates.stream().filter(Objects::nonNull).mapToDouble(rate -> rate).sum()
                    * Step.FINE.length().toSeconds()));
  }
}
