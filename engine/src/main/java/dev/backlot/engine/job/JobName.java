package dev.backlot.engine.job;

import dev.backlot.model.plan.PipelinePlan;
import java.util.Optional;

/**
 * The name of a Flink job, by which any engine knows whose it is.
 *
 * @param pipeline whose job it is
 * @param planHash what it runs
 */
public record JobName(String pipeline, String planHash) {
  private static final String PREFIX = "backlot:";

  /** Returns the name of a plan's job. */
  public static JobName of(PipelinePlan plan) {
    return new JobName(plan.pipeline(), plan.hash());
  }

  /** Reads a job's name; empty when it is not ours. */
  public static Optional<JobName> parse(String text) {
    String[] parts = text.split(":");
    return text.startsWith(PREFIX) && parts.length == 3
        ? Optional.of(new JobName(parts[1], parts[2]))
        : Optional.empty();
  }

  /** Returns the name that Flink is told. */
  public String text() {
    return PREFIX + pipeline + ":" + planHash;
  }
}
