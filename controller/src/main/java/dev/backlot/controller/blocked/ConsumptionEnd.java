package dev.backlot.controller.blocked;

import dev.backlot.controller.blocked.Resolver.Resolved;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.model.spec.StepSpec.Consumes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes a field out of every list that names it, from its Source down the graph and through
 * renames. Where something else than a list names it, its owner must say what is meant instead. For
 * one use.
 */
final class ConsumptionEnd {
  private static final String FIELDS = "fields";

  private final PipelineSpec spec;
  private final BrokenField field;
  private final PlannedFields planned;

  /** The field's names in what comes out of each step that has been followed. */
  private final Map<String, Set<String>> names = new HashMap<>();

  private final Map<String, StepSpec> changed = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  ConsumptionEnd(PipelineSpec spec, BrokenField field, PlannedFields planned) {
    this.spec = spec;
    this.field = field;
    this.planned = planned;
  }

  /** Returns the pipeline without the field, or where it must be edited instead. */
  Resolved end() {
    List<StepSpec> waiting = new ArrayList<>(spec.steps());
    while (!waiting.isEmpty()) {
      List<StepSpec> ready =
          waiting.stream()
              .filter(step -> step.inputs().stream().allMatch(in -> names.containsKey(in.step())))
              .toList();
      if (ready.isEmpty()) {
        break;
      }
      ready.forEach(this::follow);
      waiting.removeAll(ready);
    }
    if (!problems.isEmpty()) {
      return new Resolved(spec, problems);
    }
    return new Resolved(
        spec.withSteps(
            spec.steps().stream().map(step -> changed.getOrDefault(step.id(), step)).toList()),
        List.of());
  }

  private void follow(StepSpec step) {
    if (step.role() == StepSpec.Role.SOURCE) {
      boolean reads = Resolver.reads(step, field.source());
      if (reads) {
        changed.put(step.id(), Resolver.unfilled(step, field.name()));
      }
      names.put(step.id(), reads ? Set.of(field.name()) : Set.of());
      return;
    }
    Set<String> after = new HashSet<>();
    for (String name : given(step)) {
      StepSpec now = changed.getOrDefault(step.id(), step);
      after.addAll(through(listedWithout(now, name), name));
    }
    names.put(step.id(), after);
  }

  /** Returns the field's names in a step's input, but for those that another input has as well. */
  private Set<String> given(StepSpec step) {
    Set<String> given = new HashSet<>();
    step.inputs().forEach(input -> given.addAll(names.getOrDefault(input.step(), Set.of())));
    given.removeIf(
        name ->
            step.inputs().stream()
                .map(StepSpec.Input::step)
                .filter(input -> !names.getOrDefault(input, Set.of()).contains(name))
                .anyMatch(input -> planned.gives(input, name)));
    return given;
  }

  private StepSpec listedWithout(StepSpec step, String name) {
    if (step.consumes().orElse(null) instanceof Consumes.Fields fields
        && fields.names().contains(name)) {
      return step.withConsumes(new Consumes.Fields(without(fields.names(), name)));
    }
    return step;
  }

  /** Takes the field out of a step's config, and returns its names behind the step. */
  private Set<String> through(StepSpec step, String name) {
    changed.put(step.id(), step);
    if (step.role() == StepSpec.Role.SINK) {
      return Set.of();
    }
    return switch (step.type()) {
      case "projection" -> projection(step, name);
      case "rename" -> rename(step, name);
      default -> {
        if (planned.names(step.id(), name)) {
          problems.add(refusal(step, name, place(step)));
        }
        yield Set.of(name);
      }
    };
  }

  private Set<String> projection(StepSpec step, String name) {
    List<String> fields = texts(step.config().get(FIELDS));
    if (!fields.contains(name)) {
      return Set.of();
    }
    List<String> rest = without(fields, name);
    if (rest.isEmpty()) {
      problems.add(refusal(step, name, "'config.fields' (it names nothing else)"));
    } else {
      changed.put(step.id(), with(step, rest));
    }
    return Set.of(name);
  }

  private Set<String> rename(StepSpec step, String name) {
    if (!(step.config().get(FIELDS) instanceof Map<?, ?> given) || !given.containsKey(name)) {
      return Set.of(name);
    }
    Map<String, Object> rest = new LinkedHashMap<>();
    given.forEach((from, to) -> rest.put(String.valueOf(from), to));
    Object becomes = rest.remove(name);
    changed.put(step.id(), with(step, rest));
    return Set.of(String.valueOf(becomes));
  }

  private static StepSpec with(StepSpec step, Object fields) {
    Map<String, Object> config = new LinkedHashMap<>(step.config());
    config.put(FIELDS, fields);
    return step.withConfig(config);
  }

  private Problem refusal(StepSpec step, String name, String place) {
    String called = name.equals(field.name()) ? "it" : "it as '" + name + "'";
    return new Problem(
        ProblemCode.NOT_ALLOWED_NOW,
        Resolver.refusal(
            spec.name(),
            field.name(),
            "step '%s' (%s) names %s".formatted(step.id(), step.type(), called),
            "Edit " + place + " and apply the pipeline, or let something stand for the field."),
        step.place("config"));
  }

  private static String place(StepSpec step) {
    return switch (step.type()) {
      case "filter" -> "'config.where'";
      case "trigger", "union" -> "'config.key'";
      case "graphql_enrichment" -> "'config.variables' and 'config.match'";
      default -> "its config";
    };
  }

  private static List<String> without(List<String> names, String name) {
    return names.stream().filter(other -> !other.equals(name)).toList();
  }

  private static List<String> texts(@org.jspecify.annotations.Nullable Object list) {
    return list instanceof List<?> elements
        ? elements.stream().map(String::valueOf).toList()
        : List.of();
  }
}
