package dev.backlot.model.spec;

import java.util.List;

/** Sources, processors and sinks that a user declares as one graph. */
public record PipelineSpec(
    SpecHeader header,
    DesiredState state,
    StartFrom startFrom,
    OnError onError,
    Deletion deletion,
    boolean adopt,
    AuditPolicy audit,
    PipelineAlerts alerts,
    List<StepSpec> steps)
    implements Spec {
  /** Copies what is mutable. */
  public PipelineSpec {
    steps = List.copyOf(steps);
  }

  /** Returns the same pipeline with another desired state, as pause and resume write it. */
  public PipelineSpec withState(DesiredState newState) {
    return new PipelineSpec(
        header, newState, startFrom, onError, deletion, adopt, audit, alerts, steps);
  }

  /** Returns the same pipeline with other steps. */
  public PipelineSpec withSteps(List<StepSpec> newSteps) {
    return new PipelineSpec(
        header, state, startFrom, onError, deletion, adopt, audit, alerts, newSteps);
  }

  /** Whether the pipeline should run. */
  public enum DesiredState {
    RUNNING,
    PAUSED
  }

  /** What happens to a record that can't be processed. */
  public enum OnError {
    STOP,
    DEAD_LETTER,
    SKIP
  }

  /** What deleting the pipeline does to what it wrote. */
  public enum Deletion {
    RETAIN,
    PURGE
  }
}
