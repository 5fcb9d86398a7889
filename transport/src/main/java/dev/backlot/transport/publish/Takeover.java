package dev.backlot.transport.publish;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.InputHeader;
import dev.backlot.event.Position;
import dev.backlot.model.ProblemCode;
import dev.backlot.transport.JobStoppedException;
import dev.backlot.transport.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes published partitions over from earlier writers, as capture does with its own: a fence ends
 * their generations, what stands before it is the partition's content, and a second fence repeats
 * up to where the input had been read. For one thread.
 */
final class Takeover {
  /** A writer that was taken over may still have written some records. */
  private static final int WINDOW = 1024;

  private final PublishedTopic topic;
  private final long generation;
  private final boolean fresh;
  private final Producer<byte[], byte[]> producer;
  private final Tails tails;

  /**
   * Prepares for a writer's generation.
   *
   * @param fresh whether the topic may say nothing yet, since no job has written it
   */
  Takeover(
      PublishedTopic topic,
      long generation,
      boolean fresh,
      Producer<byte[], byte[]> producer,
      Tails tails) {
    this.fresh = fresh;
    this.topic = topic;
    this.generation = generation;
    this.producer = producer;
    this.tails = tails;
  }

  /**
   * A partition that was taken over.
   *
   * @param tail what it holds
   * @param offset of the first record of its new writer
   */
  record Taken(Tail tail, long offset) {}

  /**
   * Takes partitions over and returns where they stand.
   *
   * @param initial where the input of a partition is read from that says nothing of its epoch
   * @param begin writes what a partition begins with
   * @throws JobStoppedException {@code KAFKA_DATA_LOST} when one says nothing that must
   * @throws IllegalStateException when a later job writes the topic already
   */
  Map<TopicPartition, Taken> of(
      Collection<TopicPartition> partitions,
      Function<TopicPartition, Optional<InputHeader>> initial,
      Consumer<TopicPartition> begin) {
    Map<TopicPartition, Future<RecordMetadata>> fences = new HashMap<>();
    partitions.forEach(
        partition ->
            fences.put(
                partition, producer.send(fence(partition, Position.START, Optional.empty()))));
    producer.flush();
    Map<TopicPartition, Long> ends = new HashMap<>();
    fences.forEach((partition, fence) -> ends.put(partition, await(fence).offset()));
    Map<TopicPartition, Tail> found = tails.read(ends, WINDOW, tail -> tail.mark().isPresent());
    Map<TopicPartition, Taken> taken = new HashMap<>();
    found.forEach(
        (partition, tail) -> {
          if (tail.generation() > generation) {
            throw new IllegalStateException("A later job writes " + partition);
          }
          if (tail.mark().isEmpty()) {
            begin.accept(partition);
          }
          goOn(partition, tail, initial);
          taken.put(partition, new Taken(tail, Topics.offset(ends, partition)));
        });
    producer.flush();
    return taken;
  }

  private void goOn(
      TopicPartition partition,
      Tail tail,
      Function<TopicPartition, Optional<InputHeader>> initial) {
    int inputEpoch = topic.laneOf(partition.partition()).epoch();
    Optional<InputHeader> known = tail.mark().filter(mark -> mark.epoch() == inputEpoch);
    if (tail.mark().isEmpty() && !fresh) {
      throw lost(partition);
    }
    InputHeader mark = known.or(() -> initial.apply(partition)).orElseThrow(() -> lost(partition));
    // Told apart from the first fence, so that compaction keeps both.
    Position place = new Position(inputEpoch, mark.offset(), 1);
    producer.send(fence(partition, place, Optional.of(mark)));
  }

  static JobStoppedException lost(TopicPartition partition) {
    return new JobStoppedException(ProblemCode.KAFKA_DATA_LOST, textOfLost(partition));
  }

  static String textOfLost(TopicPartition partition) {
    return ("Cannot publish into topic '%s': partition %d does not say up to where its Source was read,"
            + " so somebody has deleted the topic or its records. Delete the pipeline with"
            + " 'deletion: purge' and apply it again: it is then published into a new topic.")
        .formatted(partition.topic(), partition.partition());
  }

  private ProducerRecord<byte[], byte[]> fence(
      TopicPartition partition, Position position, Optional<InputHeader> input) {
    byte[] content =
        new ControlRecord(ControlRecord.Kind.FENCE, generation, position)
            .encode(topic.ids().control());
    return control(partition, generation, content, content, position, input);
  }

  /** Returns a record that is no change of a row. */
  static ProducerRecord<byte[], byte[]> control(
      TopicPartition partition,
      long generation,
      byte[] key,
      byte @org.jspecify.annotations.Nullable [] value,
      Position position,
      Optional<InputHeader> input) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(partition.topic(), partition.partition(), key, value);
    long now = System.currentTimeMillis() * 1000;
    record
        .headers()
        .add(
            EventHeader.NAME,
            new EventHeader(EventHeader.CONTROL, generation, position, now).encode());
    input.ifPresent(header -> record.headers().add(InputHeader.NAME, header.encode()));
    return record;
  }

  static RecordMetadata await(Future<RecordMetadata> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot write to Kafka", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while fencing", e);
    }
  }
}
