package dev.backlot.engine.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanStep;
import java.util.List;
import java.util.Map;

/** Plans with steps that no document can name. */
public final class ChangedPlan {
  private ChangedPlan() {}

  /** Puts another processor in the place of a step whose output has the same shape. */
  public static JsonNode with(JsonNode json, String step, String processor) {
    PipelinePlan plan = PlanJson.read(json.toString());
    List<PlanStep> steps =
        plan.steps().stream()
            .map(
                s ->
                    s.id().equals(step)
                        ? new PlanStep(
                            s.id(),
                            processor,
                            s.inputs(),
                            Map.of(),
                            s.columns(),
                            s.key(),
                            List.of(),
                            List.of())
                        : s)
            .toList();
    PipelinePlan changed =
        new PipelinePlan(
            plan.format(),
            plan.pipeline(),
            plan.adopt(),
            plan.parallelism(),
            plan.onError(),
            plan.sources(),
            steps,
            plan.sinks(),
            plan.publications(),
            "");
    return PlanJson.tree(PlanJson.sealed(changed));
  }
}
