package dev.backlot.engine.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.endpoint.EndpointSchemas;
import dev.backlot.engine.plan.PlanService;
import dev.backlot.engine.plan.Planned;
import dev.backlot.engine.plan.Sketched;
import dev.backlot.engine.preview.PreviewService;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.processors.Processors;
import dev.backlot.processors.graphql.GraphOutline;
import dev.backlot.schema.Field;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sink.iceberg.IcebergDescriptor;
import dev.backlot.spec.Sketch;
import dev.backlot.spec.SpecReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What those need who are writing a pipeline: palette, checks as they type, previews. */
final class SketchRoutes {
  private final PlanService plans;
  private final EndpointSchemas endpoints;
  private final PreviewService previews;
  private final List<ProcessorDescriptor> descriptors;

  SketchRoutes(
      PlanService plans,
      EndpointSchemas endpoints,
      PreviewService previews,
      Processors processors) {
    this.plans = plans;
    this.endpoints = endpoints;
    this.previews = previews;
    List<ProcessorDescriptor> all =
        new ArrayList<>(processors.all().stream().map(Processor::descriptor).toList());
    all.add(IcebergDescriptor.descriptor());
    this.descriptors = List.copyOf(all);
  }

  Object processors() {
    return Map.of("processors", descriptors);
  }

  /**
   * {@code {"document", "step", "limit", "keys", "hidden": {source: [field]}}} → {@link
   * dev.backlot.engine.preview.Preview}.
   */
  Object preview(JsonNode body) {
    List<String> keys = new ArrayList<>();
    body.path("keys").forEach(key -> keys.add(key.asText()));
    Map<String, Set<String>> hidden = new HashMap<>();
    body.path("hidden")
        .properties()
        .forEach(
            source -> {
              Set<String> fields = new LinkedHashSet<>();
              source.getValue().forEach(field -> fields.add(field.asText()));
              hidden.put(source.getKey(), fields);
            });
    return previews.preview(
        body.path("document").asText(""),
        body.path("step").asText(""),
        body.path("limit").asInt(20),
        keys,
        hidden);
  }

  /** {@code {"document"}} → problems, and what each step gives as far as it can be planned. */
  Object check(JsonNode body) {
    String document = body.path("document").asText("");
    Sketch sketch = SpecReader.sketch(document);
    Map<String, Object> answer = new LinkedHashMap<>();
    Set<Problem> problems = new LinkedHashSet<>(sketch.problems());
    Optional<Sketched> sketched = sketch.pipeline().map(plans::sketch);
    String hash = "";
    List<String> waitingFor = List.of();
    if (sketched.isPresent() && sketch.problems().isEmpty() && isAlone(document)) {
      Planned planned = plans.plan(document, List.of(), List.of(), Map.of(), Map.of());
      problems.addAll(planned.problems());
      hash = planned.plan().map(PipelinePlan::hash).orElse("");
      waitingFor = planned.waitingFor();
    } else if (sketched.isPresent()) {
      problems.addAll(sketched.get().problems());
      waitingFor = sketched.get().waitingFor();
    }
    answer.put("problems", problems);
    answer.put("hash", hash);
    answer.put("waiting_for", waitingFor);
    answer.put("steps", sketched.map(SketchRoutes::steps).orElse(List.of()));
    return answer;
  }

  private static boolean isAlone(String document) {
    return SpecReader.read("", document).specs().size() == 1;
  }

  private static List<Map<String, Object>> steps(Sketched sketched) {
    List<Map<String, Object>> steps = new ArrayList<>();
    for (StepSpec spec : sketched.spec().steps()) {
      Map<String, Object> step = new LinkedHashMap<>();
      step.put("id", spec.id());
      StepInput output = sketched.outputs().get(spec.id());
      Optional<PlanSink> sink =
          sketched.plan().sinks().stream().filter(s -> s.id().equals(spec.id())).findFirst();
      Optional<PlanStep> planned =
          sketched.plan().steps().stream().filter(s -> s.id().equals(spec.id())).findFirst();
      step.put("planned", output != null || sink.isPresent());
      step.put(
          "columns",
          output != null
              ? columns(output.shape())
              : sink.map(SketchRoutes::columns).orElse(List.of()));
      step.put("consumed", planned.map(PlanStep::consumed).orElse(List.of()));
      step.put(
          "notes",
          planned.map(PlanStep::notes).or(() -> sink.map(PlanSink::notes)).orElse(List.of()));
      steps.add(step);
    }
    return steps;
  }

  private static List<Map<String, Object>> columns(Shape shape) {
    List<Map<String, Object>> columns = new ArrayList<>();
    for (Field field : shape.fields()) {
      columns.add(
          column(
              field.name(),
              field.type().notation(),
              field.nullable(),
              shape.keyFields().contains(field.name()),
              field.doc()));
    }
    return columns;
  }

  private static List<Map<String, Object>> columns(PlanSink sink) {
    return sink.shape().stream()
        .filter(target -> SystemColumn.ofColumn(target.name()).isEmpty())
        .map(t -> column(t.name(), t.type(), true, sink.key().contains(t.name()), ""))
        .toList();
  }

  private static Map<String, Object> column(
      String name, String type, boolean nullable, boolean key, String doc) {
    Map<String, Object> column = new LinkedHashMap<>();
    column.put("name", name);
    column.put("type", type);
    column.put("nullable", nullable);
    column.put("key", key);
    column.put("doc", doc);
    return column;
  }

  /** Returns what the graph behind an endpoint offers. */
  Object graph(String endpoint) {
    return GraphOutline.graph(schema(endpoint));
  }

  /** {@code {"query"}} → what it asks the graph behind an endpoint for. */
  Object outline(String endpoint, JsonNode body) {
    return GraphOutline.query(schema(endpoint), body.path("query").asText(""));
  }

  private String schema(String name) {
    KnownEndpoint endpoint = endpoints.known(Set.of(name), List.of()).get(name);
    if (endpoint == null) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot show the graph of endpoint '%s': there is none of this name. See `backlot get endpoints`."
              .formatted(name));
    }
    return endpoint
        .schema()
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.ENDPOINT_UNREACHABLE,
                    "Cannot show the graph of endpoint '%s': %s. Let it answer introspection, and try again."
                        .formatted(name, endpoint.reason())));
  }
}
