package dev.backlot.capture.log;

import static java.util.Objects.requireNonNull;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
 * happens there. All partitions are read at once, so that a connection of many tables is taken over
 * about as soon as one of few.
 */
public final class Fences {
  /** A partition's last records are mostly its last owner's: only then is more of it read. */
  private static final int WINDOW = 16;

  private static final int WIDER = 8;
  private static final Duration STALLED = Duration.ofSeconds(60);

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
    consumer.assign(own.keySet());
    own.forEach(consumer::seek);
    consumer.pause(own.keySet());
    Map<TopicPartition, Range> unfinished = new HashMap<>();
    own.forEach(
        (partition, fence) -> {
          List<Long> from = fenceFrom.get(partition.topic());
          boolean known = from != null && partition.partition() < from.size();
          long start =
              known ? Math.min(requireNonNull(from).get(partition.partition()), fence) : fence;
          unfinished.put(partition, new Range(start, fence));
        });
    Map<TopicPartition, Long> cuts = firstFences(unfinished, fencedGeneration);
    Map<String, Position[]> tails = new HashMap<>();
    topics.forEach(
        (topic, partitions) -> {
          Position[] positions = new Position[partitions];
          Arrays.fill(positions, Position.START);
          tails.put(topic, positions);
        });
    tails(cuts, fencedGeneration)
        .forEach(
            (partition, position) ->
                requireNonNull(tails.get(partition.topic()))[partition.partition()] = position);
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

  /** Offsets from (inclusive) to (exclusive). */
  private record Range(long from, long to) {}

  /**
   * Returns the offset of each partition's first fence newer than the last completed owner's; a
   * range ends with our own.
   */
  private Map<TopicPartition, Long> firstFences(
      Map<TopicPartition, Range> ranges, long fencedGeneration) {
    Map<TopicPartition, Long> found = new HashMap<>();
    read(
        ranges,
        (partition, record) -> {
          EventHeader header = header(record);
          if (header != null && header.isControl() && header.generation() > fencedGeneration) {
            found.putIfAbsent(partition, record.offset());
          }
        });
    ranges.forEach((partition, range) -> found.putIfAbsent(partition, range.to()));
    return found;
  }

  /** Returns the last position that the owner wrote, for each partition where it wrote one. */
  private Map<TopicPartition, Position> tails(
      Map<TopicPartition, Long> ends, long fencedGeneration) {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(ends.keySet());
    Map<TopicPartition, Position> found = new HashMap<>();
    Map<TopicPartition, Long> unread = new HashMap<>(ends);
    long window = WINDOW;
    while (!unread.isEmpty()) {
      Map<TopicPartition, Range> ranges = new HashMap<>();
      for (Map.Entry<TopicPartition, Long> end : unread.entrySet()) {
        long begin = requireNonNull(begins.get(end.getKey()));
        ranges.put(
            end.getKey(), new Range(Math.max(begin, end.getValue() - window), end.getValue()));
      }
      read(
          ranges,
          (partition, record) -> {
            EventHeader header = header(record);
            if (header != null && header.generation() == fencedGeneration) {
              found.put(partition, header.position());
            }
          });
      ranges.forEach(
          (partition, range) -> {
            if (found.containsKey(partition)
                || range.from() <= requireNonNull(begins.get(partition))) {
              unread.remove(partition);
            } else {
              unread.put(partition, range.from());
            }
          });
      window *= WIDER;
    }
    return found;
  }

  /**
   * Reads ranges of many partitions at once, each in its order; compaction may have taken some of
   * their records. All partitions are assigned and paused before and thereafter.
   */
  private void read(
      Map<TopicPartition, Range> ranges,
      BiConsumer<TopicPartition, ConsumerRecord<byte[], byte[]>> reader) {
    Map<TopicPartition, Range> open = new HashMap<>(ranges);
    open.values().removeIf(range -> range.from() >= range.to());
    open.forEach((partition, range) -> consumer.seek(partition, range.from()));
    consumer.resume(open.keySet());
    long progressBy = System.nanoTime() + STALLED.toNanos();
    while (!open.isEmpty()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
      for (ConsumerRecord<byte[], byte[]> record : records) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        Range range = open.get(partition);
        if (range != null && record.offset() < range.to()) {
          reader.accept(partition, record);
        }
      }
      List<TopicPartition> done = new ArrayList<>();
      open.forEach(
          (partition, range) -> {
            if (consumer.position(partition) >= range.to()) {
              done.add(partition);
            }
          });
      open.keySet().removeAll(done);
      consumer.pause(done);
      if (!done.isEmpty() || !records.isEmpty()) {
        progressBy = System.nanoTime() + STALLED.toNanos();
      } else if (System.nanoTime() - progressBy > 0) {
        throw new IllegalStateException("Cannot read back " + open);
      }
    }
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
