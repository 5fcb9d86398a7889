package dev.backlot.transport;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads records back that a job has read before. For one thread. */
final class OriginalRecords implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Reading on is cheaper than a new fetch up to about here. */
  private static final long NEAR = 1000;

  private final KafkaConsumer<byte[], byte[]> consumer;

  OriginalRecords(Map<String, String> kafka) {
    Properties properties = Topics.properties(kafka);
    properties.setProperty(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
    this.consumer = Topics.consumer(properties);
  }

  /** Where a record stands. */
  record Place(TopicPartition partition, long offset) {}

  /**
   * Returns records by their places; one that compaction or retention has taken is {@link
   * OriginalRecord#GONE}.
   *
   * @throws IllegalStateException when Kafka does not answer
   */
  Map<Place, OriginalRecord> read(Collection<Place> places) {
    Map<TopicPartition, NavigableSet<Long>> wanted = new HashMap<>();
    Map<Place, OriginalRecord> found = new HashMap<>();
    for (Place place : places) {
      wanted.computeIfAbsent(place.partition(), added -> new TreeSet<>()).add(place.offset());
      found.put(place, OriginalRecord.GONE);
    }
    wanted.forEach((partition, offsets) -> read(partition, offsets, found));
    return found;
  }

  private void read(
      TopicPartition partition, NavigableSet<Long> wanted, Map<Place, OriginalRecord> found) {
    List<TopicPartition> alone = List.of(partition);
    consumer.assign(alone);
    wanted
        .headSet(Topics.offset(consumer.beginningOffsets(alone, PATIENCE), partition), false)
        .clear();
    wanted.tailSet(Topics.offset(consumer.endOffsets(alone, PATIENCE), partition), true).clear();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long position = -NEAR;
    while (!wanted.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Cannot read " + partition + " again in time");
      }
      if (wanted.first() - position >= NEAR) {
        consumer.seek(partition, wanted.first());
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (wanted.contains(record.offset())) {
          found.put(new Place(partition, record.offset()), OriginalRecord.of(record));
        }
      }
      position = consumer.position(partition, PATIENCE);
      wanted.headSet(position, false).clear();
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
