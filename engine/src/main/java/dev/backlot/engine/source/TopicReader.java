package dev.backlot.engine.source;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks into topics beside the jobs that read them; leaves no trace in Kafka. Thread-safe: calls
 * wait for one another.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<String, Object> settings;
  private @org.jspecify.annotations.Nullable KafkaConsumer<byte[], byte[]> consumer;

  /** Reads with these client properties; connects at the first call. */
  public TopicReader(Map<String, String> kafka) {
    Map<String, Object> all = new HashMap<>(kafka);
    all.put("enable.auto.commit", false);
    all.put("auto.offset.reset", "earliest");
    all.put("allow.auto.create.topics", false);
    all.put("client.id", "backlot-engine");
    all.put("fetch.max.wait.ms", 100);
    this.settings = Map.copyOf(all);
  }

  /** Returns the offset of a partition that is known to have one. */
  public static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Objects.requireNonNull(offsets.get(partition), partition::toString);
  }

  /** Returns the names of all topics. */
  public synchronized Set<String> names() {
    return ask(kafka -> Set.copyOf(kafka.listTopics(PATIENCE).keySet()));
  }

  /** Returns the offset after the last record, per partition. */
  public synchronized Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return ask(kafka -> kafka.endOffsets(partitions, PATIENCE));
  }

  /** Returns the offset of the first record that is still there, per partition. */
  public synchronized Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
    return ask(kafka -> kafka.beginningOffsets(partitions, PATIENCE));
  }

  /**
   * Returns the records from given offsets up to others, as far as they come within a time.
   *
   * @param from where to begin, per partition
   * @param to where to end, per partition; the record there is not returned
   * @param mostPerPartition stops a partition after this many
   */
  public synchronized List<ConsumerRecord<byte[], byte[]>> read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      int mostPerPartition,
      Duration time) {
    return ask(kafka -> read(kafka, from, to, mostPerPartition, time));
  }

  /**
   * Returns the records from given offsets up to others.
   *
   * @throws ProblemException {@code KAFKA_UNREACHABLE} when they don't all come within a time
   */
  public synchronized List<ConsumerRecord<byte[], byte[]>> readAll(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> to, Duration time) {
    return ask(
        kafka -> {
          long deadline = System.nanoTime() + time.toNanos();
          List<ConsumerRecord<byte[], byte[]>> records =
              read(kafka, from, to, Integer.MAX_VALUE, time);
          if (System.nanoTime() > deadline) {
            throw new TimeoutException("records of " + from.keySet() + " did not come in time");
          }
          return records;
        });
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      KafkaConsumer<byte[], byte[]> kafka,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      int mostPerPartition,
      Duration time) {
    List<TopicPartition> open = new ArrayList<>(from.keySet());
    open.removeIf(partition -> offset(from, partition) >= offset(to, partition));
    kafka.assign(open);
    open.forEach(partition -> kafka.seek(partition, offset(from, partition)));
    Map<TopicPartition, Integer> counts = new HashMap<>();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long deadline = System.nanoTime() + time.toNanos();
    while (!open.isEmpty() && System.nanoTime() < deadline) {
      for (ConsumerRecord<byte[], byte[]> record : kafka.poll(Duration.ofMillis(100))) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < offset(to, partition)
            && counts.merge(partition, 1, Integer::sum) <= mostPerPartition) {
          records.add(record);
        }
      }
      open.removeIf(
          partition ->
              kafka.position(partition, PATIENCE) >= offset(to, partition)
                  || counts.getOrDefault(partition, 0) >= mostPerPartition);
      kafka.assign(open);
    }
    kafka.unsubscribe();
    return records;
  }

  private <T> T ask(Function<KafkaConsumer<byte[], byte[]>, T> question) {
    try {
      KafkaConsumer<byte[], byte[]> open = consumer;
      if (open == null) {
        open =
            new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer = open;
      }
      return question.apply(open);
    } catch (KafkaException e) {
      close();
      throw new ProblemException(
          ProblemCode.KAFKA_UNREACHABLE,
          "Cannot read from Kafka: " + e.getMessage() + ". Check that it runs and try again.",
          e);
    }
  }

  @Override
  public synchronized void close() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    consumer = null;
    if (open != null) {
      open.close();
    }
  }
}
