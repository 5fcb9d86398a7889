package dev.backlot.engine.source;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** A Source's topic. */
public record Topic(String name, int partitions) {
  /** Returns its partitions. */
  public List<TopicPartition> all() {
    return IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(name, p)).toList();
  }
}
