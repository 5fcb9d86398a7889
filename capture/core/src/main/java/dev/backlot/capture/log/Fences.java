package dev.backlot.capture.log;

import static java.util.Objects.requireNonNull;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Takes partitions over from earlier owners: writes fences, and finds out what each partition
 * really holds.
 *
 * <p>A paused owner's producer may write after its lease ended. So a new owner writes a fence into
 * every partition, and what an older generation writes behind it counts for nobody. What stands
 * before the first fence that is newer than the last completed owner's is the partition's content;
 * the last position there, written by that owner, is its tail. The new owner then writes the tail
 * into a second fence, so that its own generation is found in every partition, however little
 * happens there.
 */
public final class Fences {
  private static final int WINDOW = 500;

  private final Producer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final int controlSchemaId;
  private final long generation;

  /**
   * Prepares for one owner.
   *
   * @param generation of the new owner
   */
  public Fences(
      Producer<byte[], byte[]> producer,
      KafkaConsumer<byte[], byte[]> consumer,
      int controlSchemaId,
      long generation) {
    this.producer = producer;
    this.consumer = consumer;
    this.controlSchemaId = controlSchemaId;
    this.generation = generation;
  }

  /**
   * Fences every partition of some topics and returns each one's tail position, {@link
   * Position#START} where nothing was written yet.
   *
   * @param topics topic → partition count
   * @param fencedGeneration the last generation that fenced everything, 0 for none
   * @param fenceFrom offsets from where on unfinished owners may have fenced
   */
  public Map<String, Position[]> takeOver(
      Map<String, Integer> topics, long fencedGeneration, Map<String, List<Long>> fenceFrom) {
    Map<TopicPartition, Long> own = write(topics, Map.of());
    Map<String, Position[]> tails = new HashMap<>();
    for (Map.Entry<String, Integer> topic : topics.entrySet()) {
      Position[] positions = new Position[topic.getValue()];
      for (int p = 0; p < positions.length; p++) {
        TopicPartition partition = new TopicPartition(topic.getKey(), p);
        long fence = requireNonNull(own.get(partition));
        List<Long> from = fenceFrom.get(topic.getKey());
        long start = from == null || p >= from.size() ? fence : Math.min(from.get(p), fence);
        long cut = firstFence(partition, start, fence, fencedGeneration);
        positions[p] = tail(partition, cut, fencedGeneration);
      }
      tails.put(topic.getKey(), positions);
    }
    write(topics, tails);
    return tails;
  }

  /** Fences every partition of a topic that no earlier owner has written to. */
  public void begin(String topic, int partitions) {
    write(Map.of(topic, partitions), Map.of());
  }

  /**
   * Writes into every partition of a topic that was just begun that all earlier rows are gone:
   * those of the Source's earlier epochs, also when the table is empty now.
   *
   * @param value the framed event
   */
  public void endEarlierEpochs(String topic, int partitions, byte[] value) {
    byte[] key =
        new ControlRecord(ControlRecord.Kind.TRUNCATE, generation, Position.START)
            .encode(controlSchemaId);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      sent.add(producer.send(record(topic, p, Position.START, key, value)));
    }
    producer.flush();
    sent.forEach(Fences::await);
  }

  private Map<TopicPartition, Long> write(
      Map<String, Integer> topics, Map<String, Position[]> positions) {
    Map<TopicPartition, Future<RecordMetadata>> sent = new HashMap<>();
    topics.forEach(
        (topic, partitions) -> {
          Position[] known = positions.get(topic);
          for (int p = 0; p < partitions; p++) {
            Position position = known == null ? Position.START : known[p];
            sent.put(new TopicPartition(topic, p), producer.send(fence(topic, p, position)));
          }
        });
    producer.flush();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    sent.forEach((partition, future) -> offsets.put(partition, await(future).offset()));
    return offsets;
  }

  private ProducerRecord<byte[], byte[]> fence(String topic, int partition, Position position) {
    byte[] content =
        new ControlRecord(ControlRecord.Kind.FENCE, generation, position).encode(controlSchemaId);
    return record(topic, partition, position, content, content);
  }

  private ProducerRecord<byte[], byte[]> record(
      String topic, int partition, Position position, byte[] key, byte[] value) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, key, value);
    long now = System.currentTimeMillis() * 1000;
    record
        .headers()
        .add(
            EventHeader.NAME,
            new EventHeader(EventHeader.CONTROL, generation, position, now).encode());
    return record;
  }

  /** Returns the offset of the first fence newer than the last completed owner's. */
  private long firstFence(TopicPartition partition, long start, long own, long fencedGeneration) {
    for (ConsumerRecord<byte[], byte[]> record : read(partition, start, own)) {
      EventHeader header = header(record);
      if (header != null && header.isControl() && header.generation() > fencedGeneration) {
        return record.offset();
      }
    }
    return own;
  }

  private Position tail(TopicPartition partition, long end, long fencedGeneration) {
    long begin = requireNonNull(consumer.beginningOffsets(List.of(partition)).get(partition));
    long window = WINDOW;
    long to = end;
    while (to > begin) {
      long from = Math.max(begin, to - window);
      Position last = null;
      for (ConsumerRecord<byte[], byte[]> record : read(partition, from, to)) {
        EventHeader header = header(record);
        if (header != null && header.generation() == fencedGeneration) {
          last = header.position();
        }
      }
      if (last != null) {
        return last;
      }
      to = from;
      window *= 4;
    }
    return Position.START;
  }

  /** Reads offsets from (inclusive) to (exclusive), of which compaction may have taken some. */
  private List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long from, long to) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    if (from >= to) {
      return records;
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (consumer.position(partition) < to) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Cannot read back " + partition + " from " + from);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
        if (record.offset() < to) {
          records.add(record);
        }
      }
    }
    return records;
  }

  private static @org.jspecify.annotations.Nullable EventHeader header(
      ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    return header == null ? null : EventHeader.decode(header.value());
  }

  private static RecordMetadata await(Future<RecordMetadata> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot write a fence to Kafka", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while fencing", e);
    }
  }
}
