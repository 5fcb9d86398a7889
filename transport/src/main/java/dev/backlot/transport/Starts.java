package dev.backlot.transport;

import dev.backlot.model.ProblemCode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Decides where a Source is read from: at the lowest mark of the sinks that its rows reach. */
final class Starts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Properties kafka;
  private final String topic;
  private final int partitions;
  private final boolean compacted;
  private final ArrayList<MarkReader> sinks;

  Starts(
      Properties kafka, String topic, int partitions, boolean compacted, List<MarkReader> sinks) {
    if (sinks.isEmpty()) {
      throw new IllegalArgumentException("Nothing takes the rows of " + topic);
    }
    this.kafka = kafka;
    this.topic = topic;
    this.partitions = partitions;
    this.compacted = compacted;
    this.sinks = new ArrayList<>(sinks);
  }

  /**
   * Where one partition begins.
   *
   * @param mark the lowest mark
   * @param offset the first offset to ask Kafka for
   */
  record Start(Mark mark, long offset) {}

  /**
   * Returns the start of every partition.
   *
   * @throws JobStoppedException where a sink has no mark, or Kafka no longer has what is needed
   */
  Map<Integer, Start> read() {
    Marks marks = lowest();
    List<TopicPartition> all = Topics.partitions(topic, partitions);
    try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(kafka)) {
      Map<TopicPartition, Long> begin = consumer.beginningOffsets(all);
      Map<TopicPartition, Long> end = consumer.endOffsets(all);
      Map<Integer, Start> starts = new HashMap<>();
      for (TopicPartition partition : all) {
        Mark mark = marks.mark(topic, partition.partition()).orElseThrow();
        starts.put(
            partition.partition(),
            new Start(
                mark,
                check(
                    partition,
                    mark,
                    Topics.offset(begin, partition),
                    Topics.offset(end, partition))));
      }
      return starts;
    }
  }

  private Marks lowest() {
    List<Marks> all = new ArrayList<>();
    for (MarkReader sink : sinks) {
      Marks marks = sink.read().ofTopic(topic);
      if (!marks.covers(topic, partitions)) {
        throw new JobStoppedException(
            ProblemCode.TABLE_WITHOUT_MARK,
            ("Cannot read topic '%s': a table has no mark for each of its %d partitions."
                    + " Deploy the pipeline again.")
                .formatted(topic, partitions));
      }
      all.add(marks);
    }
    return Marks.lowest(all);
  }

  private long check(TopicPartition partition, Mark mark, long begin, long end) {
    if (mark.nextOffset() > end) {
      throw new JobStoppedException(
          ProblemCode.KAFKA_DATA_LOST,
          ("Cannot read topic '%s': a table has taken partition %d up to offset %d, but the topic"
                  + " ends at %d, so Kafka has lost records. Dump the Source into a new epoch.")
              .formatted(topic, partition.partition(), mark.nextOffset(), end));
    }
    if (mark.nextOffset() < begin && !compacted) {
      throw new JobStoppedException(
          ProblemCode.KAFKA_DATA_LOST,
          ("Cannot read topic '%s': a table has taken partition %d up to offset %d, but the topic"
                  + " begins at %d, so records expired unread. Delete the pipeline and its table, and"
                  + " apply the pipeline again.")
              .formatted(topic, partition.partition(), mark.nextOffset(), begin));
    }
    return Math.max(mark.nextOffset(), begin);
  }
}
