package dev.backlot.engine.plan;

import dev.backlot.model.Problem;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.sdk.StepInput;
import java.util.List;
import java.util.Map;

/**
 * What could be planned of a pipeline that is still being written.
 *
 * @param spec its sound steps
 * @param plan the steps that could be planned, with every field of their Sources; not for running
 * @param outputs by the document's step, which step of the plan gives its rows, and their shape;
 *     without those that could not be planned, and without sinks
 * @param problems what planning found
 * @param waitingFor Sources that are not captured yet
 */
public record Sketched(
    PipelineSpec spec,
    PipelinePlan plan,
    Map<String, StepInput> outputs,
    List<Problem> problems,
    List<String> waitingFor) {
  /** Copies what is mutable. */
  public Sketched {
    outputs = Map.copyOf(outputs);
    problems = List.copyOf(problems);
    waitingFor = List.copyOf(waitingFor);
  }
}
