package dev.backlot.engine.plan;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.StepInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the steps of a pipeline need to know of rows as they were before a change. */
final class BeforeImages {
  private final Map<String, Set<String>> fieldsOfSource = new HashMap<>();

  BeforeImages(PipelineSpec spec, Processors processors) {
    Map<String, StepSpec> steps = new HashMap<>();
    spec.steps().forEach(step -> steps.put(step.id(), step));
    for (StepSpec step : spec.steps()) {
      List<String> fields =
          processors
              .find(step.type())
              .filter(processor -> step.role() == StepSpec.Role.PROCESSOR)
              .map(processor -> processor.needsBefore(step.config()))
              .orElse(List.of());
      if (!fields.isEmpty()) {
        sources(step, steps)
            .forEach(
                source ->
                    fieldsOfSource
                        .computeIfAbsent(source, added -> new LinkedHashSet<>())
                        .addAll(fields));
      }
    }
  }

  private static Set<String> sources(StepSpec of, Map<String, StepSpec> steps) {
    Set<String> sources = new LinkedHashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<StepSpec> open = new ArrayDeque<>(List.of(of));
    while (!open.isEmpty()) {
      StepSpec step = open.pop();
      if (step.role() == StepSpec.Role.SOURCE) {
        sources.add(step.type());
      }
      for (StepSpec.Input input : step.inputs()) {
        StepSpec next = steps.get(input.step());
        if (next != null && seen.add(next.id())) {
          open.push(next);
        }
      }
    }
    return sources;
  }

  /** Returns the fields of which a Source's rows must tell the earlier values, if it has them. */
  List<String> fields(String source) {
    return List.copyOf(fieldsOfSource.getOrDefault(source, Set.of()));
  }

  /** Reports what the Sources of a step do not tell. */
  static boolean check(
      StepSpec step,
      List<String> needed,
      List<StepInput> given,
      List<PlanSource> sources,
      Findings findings) {
    boolean told = true;
    for (PlanSource source : sources) {
      List<String> lacking = new ArrayList<>(needed);
      lacking.retainAll(source.before());
      lacking.removeAll(source.key());
      boolean feeds = given.stream().anyMatch(i -> i.shape().sources().contains(source.id()));
      if (!feeds || lacking.isEmpty() || !source.beforeSince().isEmpty()) {
        continue;
      }
      told = false;
      if (PublishedName.is(source.name())) {
        findings.add(
            step,
            ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
            "config.key",
            "it needs the values that (%s) had before a change, and published Source '%s' tells those of its key only"
                .formatted(String.join(", ", lacking), source.name()),
            "Put the trigger into the pipeline that publishes it.");
        continue;
      }
      SourceName name = SourceName.parse(source.name());
      String table = quoted(name.schema()) + "." + quoted(name.table());
      findings.add(
          step,
          ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
          "config.key",
          "it needs the values that (%s) had before a change, and changes of '%s' tell those of its key only"
              .formatted(String.join(", ", lacking), source.name()),
          "Run `ALTER TABLE %s REPLICA IDENTITY FULL` in the database, and plan again some ten seconds later."
              .formatted(table));
    }
    return told;
  }

  private static String quoted(String identifier) {
    return identifier.matches("[a-z_][a-z0-9_$]*")
        ? identifier
        : "\"" + identifier.replace("\"", "\"\"") + "\"";
  }
}
