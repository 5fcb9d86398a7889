package dev.backlot.sdk;

import java.util.List;
import java.util.Map;

/**
 * A reusable unit that turns rows into rows.
 *
 * <p>Found by {@link java.util.ServiceLoader}, so an implementation has a public constructor
 * without parameters. One instance serves all steps and threads of a process: it keeps no state.
 */
public interface Processor {
  /** Returns what the processor says about itself; always the same. */
  ProcessorDescriptor descriptor();

  /**
   * Returns the fields whose values before a change the step needs. Its inputs' rows carry them, if
   * nothing in between drops them.
   *
   * @param config plain JSON values whose shape has been checked
   */
  default List<String> needsBefore(Map<String, Object> config) {
    return List.of();
  }

  /**
   * Draws what the config names outside the pipeline into it, so that {@link #plan} and whoever
   * runs the step need nothing but the resolved config. Pure, like planning. A processor that names
   * nothing outside leaves its config as it is.
   *
   * @param config plain JSON values whose shape has been checked
   * @param inputs between the descriptor's limits, in declared order
   * @param endpoints all endpoints that are declared, by name
   */
  default Resolution resolve(
      Map<String, Object> config, List<StepInput> inputs, Map<String, KnownEndpoint> endpoints) {
    return new Resolution.Resolved(config);
  }

  /**
   * Checks a step's config against its inputs. Pure: no input or output, no clock; the same
   * arguments give the same plan. Called when a pipeline is planned, and again, with the planned
   * config, where its rows are processed.
   *
   * @param config the resolved config
   * @param inputs between the descriptor's limits, in declared order
   * @return the plan, or every finding; expected faults are never exceptions
   */
  ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs);
}
