package dev.backlot.engine.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one step of a running job has counted since the job began, summed over its instances.
 *
 * @param id of the plan's source, step or sink; {@code publish:} and a name for a published Source
 * @param recordsIn that it took in
 * @param recordsOut rows that it gave out; what failed is not among them
 * @param failed records that it could not process
 * @param busy share of the last second spent working, of the busiest instance of the operators that
 *     run in one thread with it; empty while unknown
 * @param backPressured share of it spent waiting for what comes after
 * @param latencySeconds how long the newest changes took from their commit in the source until the
 *     step had them; an enrichment, until it had its answer
 * @param requestSeconds how long the newest requests to another service took, if it sends any
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record StepFigures(
    String id,
    OptionalLong recordsIn,
    OptionalLong recordsOut,
    OptionalLong failed,
    OptionalDouble busy,
    OptionalDouble backPressured,
    Optional<Percentiles> latencySeconds,
    Optional<Percentiles> requestSeconds) {
  /** In seconds. */
  public record Percentiles(double p50, double p95, double p99) {}
}
