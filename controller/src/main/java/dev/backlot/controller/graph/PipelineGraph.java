package dev.backlot.controller.graph;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backlot.controller.dataplane.DataPlane.Percentiles;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pipeline as a graph, with what each step does now. What is not known is left out, never zero.
 *
 * @param rate records a second that its sinks take in
 * @param lagSeconds age of the oldest change that a sink lacks
 * @param deadLetters records that failed and wait to be replayed
 * @param errorsLastHour records that failed within the last hour, as far as it was measured
 * @param latency from commit to visibility, by table
 * @param measured whether somebody counts what its steps do
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record PipelineGraph(
    String pipeline,
    String state,
    String reason,
    Optional<Double> rate,
    Optional<Double> lagSeconds,
    Optional<Long> lagRecords,
    Optional<Long> deadLetters,
    Optional<Long> errorsLastHour,
    List<Latency> latency,
    boolean measured,
    List<Node> nodes,
    List<Edge> edges) {

  /**
   * What the heartbeats of the last so many seconds took from commit until the table showed them.
   *
   * @param count how many heartbeats
   */
  public record Latency(
      String table, String connection, int windowSeconds, int count, Percentiles seconds) {}

  /**
   * A step.
   *
   * @param id the step's; {@code publish:} and a name for a published Source
   * @param role {@code source}, {@code processor}, {@code sink} or {@code publication}
   * @param type the processor's or sink's type
   * @param name of the Source or table
   * @param state {@code running}, {@code blocked}, or the pipeline's
   * @param columns of its output, once planned
   * @param inputs columns of each of its inputs, by step
   * @param consumed columns that it consumes by name
   * @param latencySeconds from a change's commit until the step had it, of the newest
   * @param partitionsWithoutMark partitions of a Source of which nobody has said how far they are
   * @param parked records before which it stands still
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Node(
      String id,
      String role,
      String type,
      Optional<String> name,
      String state,
      Optional<Double> inRate,
      Optional<Double> outRate,
      Optional<Double> errorRate,
      Optional<Double> busy,
      Optional<Double> backPressured,
      Optional<Percentiles> latencySeconds,
      Optional<Percentiles> requestSeconds,
      Optional<Double> lagSeconds,
      Optional<Long> lagRecords,
      Optional<Integer> partitions,
      Optional<Integer> partitionsWithoutMark,
      List<Parked> parked,
      List<Column> columns,
      List<String> key,
      List<String> consumed,
      List<String> notes,
      Map<String, Object> config) {}

  /** A column with its type in our notation. */
  public record Column(String name, String type, boolean nullable) {}

  /** A record that waits in front of a plan that can read it. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Parked(
      int partition, long offset, Optional<Instant> writtenAt, Optional<Instant> keptUntil) {}

  /**
   * What one step hands to another.
   *
   * @param name under which the other knows it
   * @param rate rows a second
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Edge(String from, String to, String name, Optional<Double> rate) {}
}
