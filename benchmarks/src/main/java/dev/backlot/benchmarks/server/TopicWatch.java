package dev.backlot.benchmarks.server;

import dev.backlot.event.EventHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sees from outside what arrives in topics. For one thread. */
public final class TopicWatch implements AutoCloseable {
  /** Partitions of every topic that is measured. */
  public static final int PARTITIONS = 4;

  private static final long LOOK_NANOS = 10_000_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /** Watches a topic that exists. */
  public TopicWatch(String bootstrapServers, String topic) {
    this(bootstrapServers, List.of(topic));
  }

  /** Watches topics that exist. */
  public TopicWatch(String bootstrapServers, List<String> topics) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                10_000,
                "client.id",
                "watch"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.partitions =
        topics.stream()
            .flatMap(
                topic -> IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
            .toList();
    consumer.assign(partitions);
  }

  /** Creates a topic as the product creates those of its Sources. */
  public static void create(String bootstrapServers, String topic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, PARTITIONS, (short) 1)
                      .configs(
                          Map.of(
                              "cleanup.policy",
                              "compact",
                              "min.compaction.lag.ms",
                              String.valueOf(7L * 24 * 3600 * 1000),
                              "compression.type",
                              "producer",
                              "max.message.bytes",
                              String.valueOf(32 * 1024 * 1024)))))
          .all()
          .get();
    }
  }

  /** Returns how many records the topics have. */
  public long count() {
    return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Waits until there are at least so many records and returns how many there are.
   *
   * @throws IllegalStateException when that takes too long
   */
  public long await(long atLeast, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    long count = count();
    while (count < atLeast) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Only " + count + " of " + atLeast + " records came into " + partitions.get(0).topic());
      }
      LockSupport.parkNanos(LOOK_NANOS);
      count = count();
    }
    return count;
  }

  /** Takes a record. */
  public interface Taker {
    /** Takes the next record of its partition. */
    void take(ConsumerRecord<byte[], byte[]> record);
  }

  /** Reads the topics to their ends as they are now. */
  public void read(Taker taker) {
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<TopicPartition> left = new ArrayList<>(partitions);
    while (!left.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        taker.take(record);
      }
      left.removeIf(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
    }
  }

  /** Returns the product's header of a record; empty for other sides'. */
  public static Optional<EventHeader> header(ConsumerRecord<byte[], byte[]> record) {
    return Optional.ofNullable(record.headers().lastHeader(EventHeader.NAME))
        .map(header -> EventHeader.decode(header.value()));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
