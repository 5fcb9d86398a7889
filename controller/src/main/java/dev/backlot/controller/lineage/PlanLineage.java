package dev.backlot.controller.lineage;

import dev.backlot.controller.lineage.LineageEdge.How;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which field comes from which along one plan. A pure function of the plan.
 *
 * <p>Filters, projections, unions and renames copy; an enrichment derives what it takes from the
 * fields that it asks with; of a processor that is not known here every output that is not an input
 * of the same name is taken to derive from all that it consumes. Steps that the planner inserts, to
 * keep only what a later step consumes, are passed over.
 */
public final class PlanLineage {
  private static final String INSERTED = ".consumes";
  private static final String FILLED_FROM = "field:";

  private final PipelinePlan plan;
  private final Map<String, Map<String, Set<LineageNode>>> fields = new HashMap<>();
  private final Map<LineageNode, String> types = new LinkedHashMap<>();
  private final Set<LineageEdge> edges = new LinkedHashSet<>();

  private PlanLineage(PipelinePlan plan) {
    this.plan = plan;
  }

  /**
   * What a plan says.
   *
   * @param types of every field that it names
   */
  public record Found(List<LineageEdge> edges, Map<LineageNode, String> types) {
    /** Copies what is mutable. */
    public Found {
      edges = List.copyOf(edges);
      types = Map.copyOf(types);
    }
  }

  /** Follows a plan from its Sources to its tables and what it publishes. */
  public static Found of(PipelinePlan plan) {
    PlanLineage lineage = new PlanLineage(plan);
    plan.sources().forEach(lineage::source);
    plan.steps().forEach(lineage::step);
    plan.sinks().forEach(lineage::sink);
    plan.publications().forEach(lineage::publication);
    lineage.wholes();
    return new Found(List.copyOf(lineage.edges), lineage.types);
  }

  private void source(PlanSource source) {
    Map<String, Set<LineageNode>> out = new LinkedHashMap<>();
    for (PlanColumn column : source.columns()) {
      LineageNode node = LineageNode.source(source.name(), column.name());
      types.put(node, column.type());
      Set<LineageNode> from = new LinkedHashSet<>(Set.of(node));
      String fill = source.use(column.name()).fill();
      if (fill.startsWith(FILLED_FROM)) {
        from.add(LineageNode.source(source.name(), fill.substring(FILLED_FROM.length())));
      }
      out.put(column.name(), from);
    }
    fields.put(source.id(), out);
  }

  private void step(PlanStep step) {
    if (step.id().contains(INSERTED)) {
      passOver(step);
      return;
    }
    Map<String, Set<LineageNode>> out = new LinkedHashMap<>();
    for (PlanColumn column : step.columns()) {
      LineageNode node = LineageNode.step(plan.pipeline(), step.id(), column.name());
      types.put(node, column.type());
      out.put(column.name(), Set.of(node));
      comeFrom(step, column.name(), node);
    }
    if (step.processor().equals("filter")) {
      LineageNode rows = LineageNode.step(plan.pipeline(), step.id(), "");
      for (String field : step.consumed()) {
        inputs(step, field).forEach(from -> edges.add(new LineageEdge(from, rows, How.CONDITION)));
      }
    }
    fields.put(step.id(), out);
  }

  private void passOver(PlanStep step) {
    Map<String, Set<LineageNode>> out = new LinkedHashMap<>();
    step.columns()
        .forEach(column -> out.put(column.name(), inputs(step, before(step, column.name()))));
    fields.put(step.id(), out);
  }

  private void comeFrom(PlanStep step, String column, LineageNode node) {
    String former = before(step, column);
    Set<LineageNode> same = inputs(step, former);
    if (!same.isEmpty()
        && !(step.processor().equals("graphql_enrichment") && takes(step, column))) {
      How how = former.equals(column) ? How.COPIED : How.RENAMED;
      same.forEach(from -> edges.add(new LineageEdge(from, node, how)));
      return;
    }
    List<String> asked = step.consumed();
    for (String field : asked) {
      inputs(step, field).forEach(from -> edges.add(new LineageEdge(from, node, How.DERIVED)));
    }
    if (asked.isEmpty()) {
      // Nothing is known of how it works: anything that it sees may be in there.
      for (String input : step.inputs()) {
        fields
            .getOrDefault(input, Map.of())
            .values()
            .forEach(
                all -> all.forEach(from -> edges.add(new LineageEdge(from, node, How.DERIVED))));
      }
    }
  }

  private static boolean takes(PlanStep step, String column) {
    return step.config().get("take") instanceof Map<?, ?> take && take.containsKey(column);
  }

  private void sink(PlanSink sink) {
    arrive(sink.input(), sink.shape(), column -> LineageNode.table(sink.table(), column));
  }

  private void publication(PlanPublication publication) {
    arrive(
        publication.input(),
        publication.fields(),
        field -> LineageNode.source(publication.source(), field));
  }

  private void arrive(
      String input,
      List<PlanSink.Target> targets,
      java.util.function.Function<String, LineageNode> node) {
    for (PlanSink.Target target : targets) {
      if (SystemColumn.ofColumn(target.name()).isPresent()) {
        continue;
      }
      LineageNode to = node.apply(target.name());
      types.put(to, target.type());
      How how = target.from().equals(target.name()) ? How.COPIED : How.RENAMED;
      fields
          .getOrDefault(input, Map.of())
          .getOrDefault(target.from(), Set.of())
          .forEach(from -> edges.add(new LineageEdge(from, to, how)));
    }
  }

  /** Adds which Sources feed the pipeline, and what it feeds. */
  private void wholes() {
    LineageNode pipeline = new LineageNode(LineageNode.Kind.PIPELINE, plan.pipeline(), "");
    for (PlanSource source : plan.sources()) {
      edges.add(new LineageEdge(LineageNode.source(source.name(), ""), pipeline, How.FEEDS));
    }
    for (PlanSink sink : plan.sinks()) {
      edges.add(new LineageEdge(pipeline, LineageNode.table(sink.table(), ""), How.FEEDS));
    }
    for (PlanPublication made : plan.publications()) {
      edges.add(new LineageEdge(pipeline, LineageNode.source(made.source(), ""), How.FEEDS));
    }
  }

  private Set<LineageNode> inputs(PlanStep step, String field) {
    Set<LineageNode> found = new LinkedHashSet<>();
    for (String input : step.inputs()) {
      found.addAll(fields.getOrDefault(input, Map.of()).getOrDefault(field, Set.of()));
    }
    return found;
  }

  /** Returns the name that a field had before a step renamed it. */
  private static String before(PlanStep step, String column) {
    if (step.processor().equals("rename") && step.config().get("fields") instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> name : new ArrayList<>(map.entrySet())) {
        if (column.equals(name.getValue())) {
          return String.valueOf(name.getKey());
        }
      }
    }
    return column;
  }
}
