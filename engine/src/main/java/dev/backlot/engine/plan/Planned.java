package dev.backlot.engine.plan;

import dev.backlot.model.Problem;
import dev.backlot.model.plan.PipelinePlan;
import java.util.List;
import java.util.Optional;

/**
 * What came of planning.
 *
 * @param plan present when there are no problems
 * @param problems everything that is wrong
 * @param waitingFor Sources that are not captured yet; the plan can't run before they are
 */
public record Planned(
    Optional<PipelinePlan> plan, List<Problem> problems, List<String> waitingFor) {
  /** Copies what is mutable. */
  public Planned {
    problems = List.copyOf(problems);
    waitingFor = List.copyOf(waitingFor);
  }
}
