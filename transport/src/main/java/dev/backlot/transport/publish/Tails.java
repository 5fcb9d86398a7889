package dev.backlot.transport.publish;

import dev.backlot.transport.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the ends of published partitions, as far back as it takes. For one thread. */
final class Tails {
  private static final int WIDER = 8;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STALLED = Duration.ofSeconds(60);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads with a consumer of no group, which stays the caller's to close. */
  Tails(KafkaConsumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Returns the tail of each partition below an offset.
   *
   * @param ends the partitions, each with the offset before which it is looked at
   * @param window how many offsets are looked at, at least
   * @param enough whether a tail tells what is asked for; further back is read until it does or the
   *     partition begins
   */
  Map<TopicPartition, Tail> read(
      Map<TopicPartition, Long> ends, int window, Predicate<Tail> enough) {
    Map<TopicPartition, Tail> tails = new HashMap<>();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(ends.keySet());
    Set<TopicPartition> open = new HashSet<>(ends.keySet());
    for (long width = window; !open.isEmpty(); width *= WIDER) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : open) {
        from.put(partition, Math.max(offset(begins, partition), offset(ends, partition) - width));
      }
      Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = records(from, ends);
      records.forEach((partition, found) -> tails.put(partition, Tail.of(found)));
      open.removeIf(
          partition ->
              enough.test(Objects.requireNonNull(tails.get(partition)))
                  || offset(from, partition) <= offset(begins, partition));
    }
    return tails;
  }

  private Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    consumer.assign(from.keySet());
    from.forEach(
        (partition, offset) -> {
          records.put(partition, new ArrayList<>());
          consumer.seek(partition, offset);
        });
    Set<TopicPartition> unread = new HashSet<>(from.keySet());
    long progressBy = System.nanoTime() + STALLED.toNanos();
    while (!(unread = unread(unread, ends)).isEmpty()) {
      boolean any = false;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        any = true;
        if (record.offset() < offset(ends, partition)) {
          Objects.requireNonNull(records.get(partition)).add(record);
        }
      }
      if (any) {
        progressBy = System.nanoTime() + STALLED.toNanos();
      } else if (System.nanoTime() > progressBy) {
        throw new IllegalStateException("Cannot read back " + unread);
      }
    }
    return records;
  }

  private Set<TopicPartition> unread(
      Collection<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
    Set<TopicPartition> unread = new HashSet<>();
    for (TopicPartition partition : partitions) {
      if (consumer.position(partition) < offset(ends, partition)) {
        unread.add(partition);
      } else {
        consumer.pause(List.of(partition));
      }
    }
    return unread;
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Topics.offset(offsets, partition);
  }
}
