package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A step's output that becomes a Source. Each partition of a Source that it comes from has one
 * partition of the published topic to itself: those of the first lane come first.
 *
 * @param source the published Source's name
 * @param input the step or source whose output it is
 * @param epoch of the topic
 * @param topic the Kafka topic of this epoch
 * @param lanes the Sources that it comes from
 * @param fields what the topic's rows have, each filled from a column of the input
 * @param key names of fields in key order
 * @param orderedByTime whether the later {@code _ts} is the newer version of a key
 * @param keySchema Avro JSON of the record keys
 * @param valueSchema Avro JSON of the envelopes
 * @param notes what the planner added or decided, in plain words
 */
@JsonPropertyOrder({
  "source",
  "input",
  "epoch",
  "topic",
  "lanes",
  "fields",
  "key",
  "ordered_by_time",
  "key_schema",
  "value_schema",
  "notes"
})
public record PlanPublication(
    String source,
    String input,
    int epoch,
    String topic,
    List<Lane> lanes,
    List<PlanSink.Target> fields,
    List<String> key,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean orderedByTime,
    String keySchema,
    String valueSchema,
    List<String> notes)
    implements Serializable {
  /** Copies what is mutable. */
  public PlanPublication {
    lanes = List.copyOf(lanes);
    fields = List.copyOf(fields);
    key = List.copyOf(key);
    notes = List.copyOf(notes);
  }

  /**
   * A Source that the output comes from.
   *
   * @param id of the plan's source
   * @param first the first partition of the published topic that is its own
   * @param partitions how many it has
   */
  @JsonPropertyOrder({"id", "first", "partitions"})
  public record Lane(String id, int first, int partitions) implements Serializable {}

  /** Returns the lane of one of the plan's sources, if the output comes from it. */
  public Optional<Lane> lane(String sourceId) {
    return lanes.stream().filter(lane -> lane.id().equals(sourceId)).findFirst();
  }

  /** Returns how many partitions the topic has. */
  public int partitions() {
    return lanes.stream().mapToInt(Lane::partitions).sum();
  }
}
