package dev.backlot.transport;

import dev.backlot.event.EventHeader;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Where a table that has never seen a Source begins to read it. */
public final class StartOffsets {
  /** How many offsets before a start are searched for the generation that wrote last. */
  private static final long LOOK_BACK = 500;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private StartOffsets() {}

  /**
   * Returns the first marks for one Source, as its plan's {@code start_from} asks.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   * @throws ProblemException {@code KAFKA_UNREACHABLE}
   */
  public static Marks resolve(Map<String, String> kafka, PlanSource source) {
    List<TopicPartition> all = Topics.partitions(source.topic(), source.partitions());
    try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(Topics.properties(kafka))) {
      Map<TopicPartition, Long> begin = consumer.beginningOffsets(all, PATIENCE);
      Map<TopicPartition, Long> offsets =
          switch (source.startFrom()) {
            case "earliest" -> begin;
            case "latest" -> consumer.endOffsets(all, PATIENCE);
            default -> atTime(consumer, all, Instant.parse(source.startFrom()));
          };
      Map<TopicPartition, Mark> marks = new HashMap<>();
      offsets.forEach(
          (partition, offset) ->
              marks.put(
                  partition,
                  new Mark(
                      offset,
                      generation(consumer, partition, Topics.offset(begin, partition), offset))));
      return new Marks(marks);
    } catch (KafkaException e) {
      throw unreachable(source.topic(), e);
    }
  }

  /**
   * Returns marks at the end of a topic that no capture writes.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   * @throws ProblemException {@code KAFKA_UNREACHABLE}
   */
  public static Marks end(Map<String, String> kafka, String topic, int partitions) {
    try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(Topics.properties(kafka))) {
      Map<TopicPartition, Mark> marks = new HashMap<>();
      consumer
          .endOffsets(Topics.partitions(topic, partitions), PATIENCE)
          .forEach((partition, offset) -> marks.put(partition, new Mark(offset, 0)));
      return new Marks(marks);
    } catch (KafkaException e) {
      throw unreachable(topic, e);
    }
  }

  private static ProblemException unreachable(String topic, KafkaException cause) {
    return new ProblemException(
        ProblemCode.KAFKA_UNREACHABLE,
        "Cannot read topic '%s': %s. Check that Kafka runs and try again."
            .formatted(topic, cause.getMessage()),
        cause);
  }

  private static Map<TopicPartition, Long> atTime(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> all, Instant time) {
    Map<TopicPartition, Long> end = consumer.endOffsets(all, PATIENCE);
    Map<TopicPartition, OffsetAndTimestamp> found =
        consumer.offsetsForTimes(
            all.stream()
                .collect(Collectors.toMap(partition -> partition, any -> time.toEpochMilli())),
            PATIENCE);
    Map<TopicPartition, Long> offsets = new HashMap<>(end);
    found.forEach(
        (partition, offset) -> {
          if (offset != null) {
            offsets.put(partition, offset.offset());
          }
        });
    return offsets;
  }

  /**
   * Returns the highest generation among the records just before a start. Its fence stands before
   * it, so that a reader which starts here knows as much as one that came by.
   */
  private static long generation(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long begin, long start) {
    long from = Math.max(begin, start - LOOK_BACK);
    if (from >= start) {
      return 0;
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    long highest = 0;
    Instant deadline = Instant.now().plus(PATIENCE);
    while (consumer.position(partition) < start && Instant.now().isBefore(deadline)) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        Header header = record.headers().lastHeader(EventHeader.NAME);
        if (record.offset() < start && header != null) {
          highest = Math.max(highest, EventHeader.decode(header.value()).generation());
        }
      }
    }
    return highest;
  }
}
