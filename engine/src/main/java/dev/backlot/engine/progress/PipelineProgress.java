package dev.backlot.engine.progress;

import java.util.Map;
import java.util.Optional;

/**
 * How far a pipeline is.
 *
 * @param lagRecords records in its Sources' topics that a table may lack
 * @param lagSeconds how long the oldest of them has been waiting; 0 when there is none
 * @param rate records a second that its tables took in, between the last two calls
 * @param marks per sink, topic and partition: the first offset that the table may lack
 */
public record PipelineProgress(
    long lagRecords,
    Optional<Double> lagSeconds,
    Optional<Double> rate,
    Map<String, Map<String, Long>> marks) {}
