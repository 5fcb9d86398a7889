package dev.backlot.engine.job;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.sdk.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which steps a record of a Source comes through on its way to a sink. There is one way at most: no
 * step unites two branches of one Source.
 */
public final class PlanPaths {
  private PlanPaths() {}

  /** Returns the Sources whose rows reach a sink. */
  public static List<PlanSource> sources(PipelinePlan plan, PlanSink sink) {
    return plan.sources().stream().filter(source -> sink.sources().contains(source.id())).toList();
  }

  /** Returns the steps between the Sources and a sink, each after its inputs. */
  static List<PlanStep> steps(PipelinePlan plan, PlanSink sink) {
    return steps(plan, sink.input());
  }

  /** Returns the ids of the steps and Sources whose rows reach what is published. */
  public static Set<String> ids(PipelinePlan plan, PlanPublication publication) {
    Set<String> ids = new HashSet<>();
    steps(plan, publication.input()).forEach(step -> ids.add(step.id()));
    publication.lanes().forEach(lane -> ids.add(lane.id()));
    return ids;
  }

  private static List<PlanStep> steps(PipelinePlan plan, String last) {
    Set<String> wanted = new HashSet<>(Set.of(last));
    List<PlanStep> steps = new ArrayList<>();
    for (int i = plan.steps().size() - 1; i >= 0; i--) {
      PlanStep step = plan.steps().get(i);
      if (wanted.contains(step.id())) {
        steps.add(0, step);
        wanted.addAll(step.inputs());
      }
    }
    return steps;
  }

  /**
   * Returns, by Source id, the ids of the steps from it to a sink, beginning with the Source
   * itself.
   *
   * @param shapes of all Sources and steps
   */
  public static Map<String, List<String>> paths(
      PipelinePlan plan, PlanSink sink, Map<String, Shape> shapes) {
    Map<String, List<String>> paths = new HashMap<>();
    for (PlanSource source : sources(plan, sink)) {
      List<String> path = new ArrayList<>(List.of(source.id()));
      for (PlanStep step : steps(plan, sink)) {
        if (Objects.requireNonNull(shapes.get(step.id())).sources().contains(source.id())) {
          path.add(step.id());
        }
      }
      paths.put(source.id(), path);
    }
    return paths;
  }
}
