package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.model.spec.StepSpec.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Checks that the steps form a graph in which everything leads from Sources to sinks or to Sources
 * that are published.
 */
final class GraphCheck {
  private GraphCheck() {}

  static void check(List<StepSpec> steps, MapReader map, Findings findings) {
    Map<String, StepSpec> byId = new LinkedHashMap<>();
    for (StepSpec step : steps) {
      StepSpec earlier = byId.putIfAbsent(step.id(), step);
      if (earlier != null) {
        findings.report(
            ProblemCode.SPEC_DUPLICATE_NAME,
            step.place("id"),
            "step '" + step.id() + "' stands twice, first at " + earlier.place(""),
            "Rename one of them.");
      }
    }
    int before = findings.count();
    steps.forEach(step -> checkInputs(step, byId, findings));
    if (findings.count() > before) {
      return;
    }
    if (checkCycles(steps, byId, findings)) {
      return;
    }
    boolean anyEnd = steps.stream().anyMatch(GraphCheck::isEnd);
    if (!anyEnd && map.elements("steps").size() == steps.size()) {
      findings.report(
          ProblemCode.SPEC_MISSING_FIELD,
          map.place("steps"),
          "it has no sink and publishes nothing, so it would write nothing",
          "Add a step such as '{id: warehouse, sink: iceberg, from: …, config: {table: …}}'.");
    } else if (anyEnd && map.elements("steps").size() == steps.size()) {
      checkLeadsToSink(steps, byId, findings);
    }
    checkTables(steps, findings);
    checkPublished(steps, findings);
  }

  private static boolean isEnd(StepSpec step) {
    return step.role() == Role.SINK || step.publish().isPresent();
  }

  /**
   * Returns the steps that are left when broken ones are taken away, with all that reads them and
   * all that then leads to no sink; none when no sound pipeline is left.
   */
  static List<StepSpec> sound(List<StepSpec> steps, Set<String> broken) {
    Map<String, StepSpec> left = fed(steps, broken);
    if (steps.stream().map(StepSpec::id).distinct().count() < steps.size()) {
      return List.of();
    }
    Set<String> useful = useful(left);
    return steps.stream().filter(step -> useful.contains(step.id())).toList();
  }

  /**
   * Returns the steps that are not broken and that Sources reach through such steps, by id, after
   * their inputs. Of two with one id, the first.
   */
  static Map<String, StepSpec> fed(List<StepSpec> steps, Set<String> broken) {
    Map<String, StepSpec> left = new LinkedHashMap<>();
    boolean grows = true;
    while (grows) {
      grows = false;
      for (StepSpec step : steps) {
        boolean inputsLeft =
            step.inputs().stream()
                .map(input -> left.get(input.step()))
                .allMatch(upstream -> upstream != null && upstream.role() != Role.SINK);
        if (inputsLeft && !broken.contains(step.id()) && !left.containsKey(step.id())) {
          left.put(step.id(), step);
          grows = true;
        }
      }
    }
    return left;
  }

  private static void checkInputs(StepSpec step, Map<String, StepSpec> byId, Findings findings) {
    for (StepSpec.Input input : step.inputs()) {
      StepSpec upstream = byId.get(input.step());
      if (upstream == null) {
        findings.report(
            ProblemCode.PIPELINE_UNKNOWN_STEP,
            step.place("from"),
            "step '" + step.id() + "' reads from step '" + input.step() + "', which does not exist",
            Suggestion.sentence(input.step(), byId.keySet()));
      } else if (upstream.role() == Role.SINK) {
        findings.report(
            ProblemCode.SPEC_INVALID_VALUE,
            step.place("from"),
            "step '" + step.id() + "' reads from sink '" + input.step() + "', which has no output",
            "Read from the step before it.");
      }
    }
  }

  private static boolean checkCycles(
      List<StepSpec> steps, Map<String, StepSpec> byId, Findings findings) {
    Map<String, Integer> open = new HashMap<>();
    Map<String, Set<String>> readers = new HashMap<>();
    for (StepSpec step : byId.values()) {
      Set<String> upstream = new HashSet<>();
      step.inputs().forEach(input -> upstream.add(input.step()));
      open.put(step.id(), upstream.size());
      upstream.forEach(id -> readers.computeIfAbsent(id, k -> new HashSet<>()).add(step.id()));
    }
    Deque<String> ready = new ArrayDeque<>();
    open.forEach(
        (id, count) -> {
          if (count == 0) {
            ready.add(id);
          }
        });
    while (!ready.isEmpty()) {
      String id = ready.remove();
      open.remove(id);
      for (String reader : readers.getOrDefault(id, Set.of())) {
        if (open.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    for (StepSpec step : steps) {
      if (open.containsKey(step.id())) {
        findings.report(
            ProblemCode.PIPELINE_CYCLE,
            step.place("from"),
            "step '" + step.id() + "' reads, by way of others, from itself",
            "Break the cycle.");
        return true;
      }
    }
    return false;
  }

  private static void checkLeadsToSink(
      List<StepSpec> steps, Map<String, StepSpec> byId, Findings findings) {
    Set<String> useful = useful(byId);
    for (StepSpec step : steps) {
      if (!useful.contains(step.id())) {
        findings.report(
            ProblemCode.SPEC_INVALID_VALUE,
            step.place("id"),
            "nothing from step '" + step.id() + "' reaches a sink or a published Source",
            "Let a sink read it, or remove it.");
      }
    }
  }

  /** Returns the steps from which something reaches a sink or a published Source. */
  private static Set<String> useful(Map<String, StepSpec> byId) {
    Set<String> useful = new HashSet<>();
    Deque<StepSpec> queue = new ArrayDeque<>();
    byId.values().stream().filter(GraphCheck::isEnd).forEach(queue::add);
    while (!queue.isEmpty()) {
      StepSpec step = queue.remove();
      if (useful.add(step.id())) {
        step.inputs().stream()
            .map(input -> byId.get(input.step()))
            .filter(Objects::nonNull)
            .forEach(queue::add);
      }
    }
    return useful;
  }

  private static void checkPublished(List<StepSpec> steps, Findings findings) {
    Map<String, StepSpec> publishers = new HashMap<>();
    for (StepSpec step : steps) {
      if (step.publish().isEmpty()) {
        continue;
      }
      String name = step.publish().get();
      StepSpec earlier = publishers.putIfAbsent(name, step);
      if (earlier != null) {
        findings.report(
            ProblemCode.SPEC_INVALID_VALUE,
            step.place("publish"),
            "steps '" + earlier.id() + "' and '" + step.id() + "' both publish " + name,
            "Union their outputs, or choose another name.");
      }
    }
    for (StepSpec step : steps) {
      if (step.role() == Role.SOURCE && publishers.containsKey(step.type())) {
        findings.report(
            ProblemCode.PIPELINE_CYCLE,
            step.place("source"),
            "step '"
                + step.id()
                + "' reads Source '"
                + step.type()
                + "', which the pipeline publishes",
            "Read the published step itself.");
      }
    }
  }

  private static void checkTables(List<StepSpec> steps, Findings findings) {
    Map<Object, StepSpec> writers = new HashMap<>();
    for (StepSpec step : steps) {
      Object table = step.config().get("table");
      if (step.role() != Role.SINK || table == null) {
        continue;
      }
      StepSpec earlier = writers.putIfAbsent(table, step);
      if (earlier != null) {
        findings.report(
            ProblemCode.SPEC_INVALID_VALUE,
            step.place("config.table"),
            "steps '" + earlier.id() + "' and '" + step.id() + "' write the same table " + table,
            "Union their inputs, or use two tables.");
      }
    }
  }
}
