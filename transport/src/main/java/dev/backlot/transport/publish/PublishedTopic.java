package dev.backlot.transport.publish;

import dev.backlot.schema.RowSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * One epoch of a published Source, as a job writes it.
 *
 * @param schema of its rows; its name is the Source's
 * @param topic the Kafka topic
 * @param epoch of the topic
 * @param lanes the Sources that it comes from, in the order of their partitions
 * @param ids of the registered schemas
 * @param job higher than that of every job that wrote the topic before
 */
public record PublishedTopic(
    RowSchema schema, String topic, int epoch, List<Lane> lanes, SchemaIds ids, long job)
    implements Serializable {
  private static final int ATTEMPT_BITS = 24;

  /** Copies what is mutable. */
  public PublishedTopic {
    lanes = new ArrayList<>(lanes);
  }

  /**
   * A Source that the topic comes from.
   *
   * @param source its name
   * @param topic its topic
   * @param epoch of its topic
   * @param first the published partition that follows its partition 0
   * @param partitions of its topic, and as many of the published one
   */
  public record Lane(String source, String topic, int epoch, int first, int partitions)
      implements Serializable {}

  /** Ids in the registry: of the keys, the envelopes and the control records. */
  public record SchemaIds(int key, int value, int control) implements Serializable {}

  /** Returns the generation of what is written before the job runs. */
  long firstGeneration() {
    return job << ATTEMPT_BITS;
  }

  /** Returns the generation of a task's attempt, counted from 0. */
  long generation(int attempt) {
    return firstGeneration() + Math.min(attempt + 1, (1 << ATTEMPT_BITS) - 1);
  }

  /** Returns how many partitions the topic has. */
  public int partitions() {
    return lanes.stream().mapToInt(Lane::partitions).sum();
  }

  /** Returns the lane of a topic that is read. */
  Optional<Lane> laneOfTopic(String read) {
    return lanes.stream().filter(lane -> lane.topic().equals(read)).findFirst();
  }

  /** Returns the lane that a published partition belongs to. */
  Lane laneOf(int partition) {
    return lanes.stream()
        .filter(lane -> partition >= lane.first())
        .filter(lane -> partition < lane.first() + lane.partitions())
        .findFirst()
        .orElseThrow();
  }

  /** Returns the partition of a Source that a published partition follows. */
  TopicPartition input(int partition) {
    Lane lane = laneOf(partition);
    return new TopicPartition(lane.topic(), partition - lane.first());
  }

  /** Returns all partitions of the topic. */
  List<TopicPartition> all() {
    List<TopicPartition> all = new ArrayList<>();
    for (int partition = 0; partition < partitions(); partition++) {
      all.add(new TopicPartition(topic, partition));
    }
    return all;
  }
}
