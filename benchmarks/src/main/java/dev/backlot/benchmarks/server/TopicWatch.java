package dev.backlot.benchmarks.server;

import dev.backlot.event.EventHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sees from outside what arrives in a topic. For one thread. */
public final class TopicWatch implements AutoCloseable {
  /** Partitions of every topic that is measured. */
  public static final int PARTITIONS = 4;

  private static final long LOOK_NANOS = 10_000_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /** Watches a topic that exists. */
  public TopicWatch(String bootstrapServers, String topic) {
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
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
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

  /** Returns how many records the topic has. */
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

  /** Reads the whole topic. */
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

  /**
   * What a topic holds.
   *
   * @param records that are no fences of the product's
   * @param liveKeys keys whose last record is no tombstone
   */
  public record Content(long records, long liveKeys) {}

  /** Reads the whole topic and counts. */
  public Content content() {
    Set<Key> live = new HashSet<>();
    long[] records = new long[1];
    read(
        record -> {
          if (isControl(record)) {
            return;
          }
          records[0]++;
          if (record.value() == null) {
            live.remove(new Key(record.key()));
          } else {
            live.add(new Key(record.key()));
          }
        });
    return new Content(records[0], live.size());
  }

  private static boolean isControl(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    return header != null && EventHeader.decode(header.value()).isControl();
  }

  private record Key(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
