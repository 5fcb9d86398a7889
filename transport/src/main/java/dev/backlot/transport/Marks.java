package dev.backlot.transport;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The marks of one table, or of several taken together. Immutable.
 *
 * @param byPartition the mark of each topic partition that has one
 */
public record Marks(Map<TopicPartition, Mark> byPartition) implements Serializable {
  /** No marks. */
  public static final Marks NONE = new Marks(Map.of());

  /** Copies what is mutable. */
  public Marks {
    byPartition = Map.copyOf(byPartition);
  }

  /** Returns the mark of a partition. */
  public Optional<Mark> mark(String topic, int partition) {
    return Optional.ofNullable(byPartition.get(new TopicPartition(topic, partition)));
  }

  /** Returns whether there is a mark for every partition of a topic. */
  public boolean covers(String topic, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      if (!byPartition.containsKey(new TopicPartition(topic, partition))) {
        return false;
      }
    }
    return true;
  }

  /** Returns the marks of one topic. */
  public Marks ofTopic(String topic) {
    return new Marks(
        byPartition.entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(topic))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** Returns these marks, replaced and extended by others. */
  public Marks with(Map<TopicPartition, Mark> others) {
    Map<TopicPartition, Mark> all = new HashMap<>(byPartition);
    all.putAll(others);
    return new Marks(all);
  }

  /** Returns the lowest mark of each partition that has any. */
  public static Marks lowest(Collection<Marks> tables) {
    Map<TopicPartition, Mark> lowest = new HashMap<>();
    for (Marks table : tables) {
      table.byPartition.forEach(
          (partition, mark) ->
              lowest.merge(partition, mark, (a, b) -> a.nextOffset() <= b.nextOffset() ? a : b));
    }
    return new Marks(lowest);
  }
}
