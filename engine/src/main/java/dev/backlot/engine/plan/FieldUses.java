package dev.backlot.engine.plan;

import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.Use;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a pipeline takes the fields of its Sources for, found by following them from its end to its
 * beginning. Fields that no step names and that arrive nowhere have no use.
 */
final class FieldUses {
  private final List<Link> links = new ArrayList<>();
  private final Map<String, Node> nodes = new HashMap<>();

  /**
   * A step as planned.
   *
   * @param renamed output fields that are input fields under another name
   * @param passesNew whether fields that appear in its inputs pass it
   */
  private record Link(
      String id,
      List<StepInput> inputs,
      Shape output,
      List<String> consumed,
      Map<String, String> renamed,
      boolean passesNew) {}

  /** What comes out of a Source or a step. */
  private static final class Node {
    private final Map<String, Need> fields = new LinkedHashMap<>();
    private boolean open;

    private void need(String field, Need need) {
      fields.merge(field, need, Need::and);
    }
  }

  /** What a field is needed for. */
  private record Need(Use use, Set<String> steps, Set<String> columns) {
    private static Need of(Use use) {
      return new Need(use, Set.of(), Set.of());
    }

    private Need and(Need other) {
      return new Need(use.and(other.use), union(steps, other.steps), union(columns, other.columns));
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
      Set<String> both = new TreeSet<>(one);
      both.addAll(other);
      return both;
    }
  }

  /** What a Source is used for. */
  record SourceUses(Map<String, PlanUse> fields, boolean open) {
    /** Copies what is mutable. */
    SourceUses {
      fields = Map.copyOf(fields);
    }
  }

  /** Adds a step, whose inputs are there. */
  void step(
      String id,
      List<StepInput> inputs,
      Shape output,
      List<String> consumed,
      Map<String, String> renamed,
      boolean passesNew) {
    links.add(new Link(id, inputs, output, consumed, renamed, passesNew));
  }

  /**
   * Adds a table, which takes every field of its input.
   *
   * @param follows whether it also loses what its input loses
   */
  void sink(PlanSink sink, boolean follows) {
    Node node = node(sink.input());
    node.open = true;
    for (PlanColumn column : sink.columns()) {
      Set<String> arrives = Set.of(sink.table() + "." + column.name());
      node.need(column.name(), new Need(follows ? Use.PUBLISHED : Use.PASSED, Set.of(), arrives));
    }
    sink.key().forEach(key -> node.need(key, Need.of(Use.KEY)));
  }

  /** Adds what is published, which takes every field of its input. */
  void publication(PlanPublication publication) {
    Node node = node(publication.input());
    node.open = true;
    for (PlanSink.Target field : publication.fields()) {
      boolean own = SystemColumn.ofColumn(field.from()).isEmpty();
      if (own) {
        Set<String> arrives = Set.of(publication.source() + "." + field.name());
        node.need(field.from(), new Need(Use.PUBLISHED, Set.of(), arrives));
      }
      if (own && publication.key().contains(field.name())) {
        node.need(field.from(), Need.of(Use.KEY));
      }
    }
  }

  /** Returns the uses of all Sources and steps, by id, when everything has been added. */
  Map<String, SourceUses> bySource() {
    for (int i = links.size() - 1; i >= 0; i--) {
      follow(links.get(i));
    }
    Map<String, SourceUses> all = new HashMap<>();
    nodes.forEach(
        (id, node) -> {
          Map<String, PlanUse> fields = new HashMap<>();
          node.fields.forEach((field, need) -> fields.put(field, use(field, need)));
          all.put(id, new SourceUses(fields, node.open));
        });
    return all;
  }

  private static PlanUse use(String field, Need need) {
    return new PlanUse(
        field,
        need.use().label(),
        List.copyOf(new TreeSet<>(need.steps())),
        List.copyOf(new TreeSet<>(need.columns())),
        "");
  }

  private void follow(Link link) {
    Node output = node(link.id());
    for (StepInput input : link.inputs()) {
      Node node = node(input.step());
      Shape shape = input.shape();
      node.open |= output.open && link.passesNew();
      output.fields.forEach(
          (field, need) -> {
            String origin = link.renamed().getOrDefault(field, field);
            if (shape.index(origin) >= 0) {
              node.need(origin, need);
            }
          });
      // A step that keeps only what a later one takes is known to people by the later one's name.
      String step = link.id().replaceFirst("[.]consumes.*", "");
      for (String field : link.consumed()) {
        if (shape.index(field) >= 0) {
          node.need(field, new Need(Use.CONSUMED, Set.of(step), Set.of()));
        }
      }
      shape.keyFields().forEach(key -> node.need(key, Need.of(Use.KEY)));
      shape.before().forEach(field -> node.need(field, new Need(Use.CONSUMED, Set.of(), Set.of())));
    }
  }

  private Node node(String id) {
    return nodes.computeIfAbsent(id, unused -> new Node());
  }
}
