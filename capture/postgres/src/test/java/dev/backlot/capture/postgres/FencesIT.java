package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.log.Fences;
import dev.backlot.capture.log.KafkaClients;
import dev.backlot.capture.log.SourceTopics;
import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Position;
import dev.backlot.schema.AvroSchemas;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What a new owner takes for a partition's tail, whatever paused owners still write. */
class FencesIT {
  private final CaptureBench bench = CaptureBench.shared();
  private final KafkaClients kafka = bench.environment.kafka();
  private final int controlId = bench.schemas.register("backlot.control", AvroSchemas.CONTROL);

  private Position[] takeOver(
      String topic, long generation, long fenced, Map<String, List<Long>> from) {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer("fences");
        KafkaConsumer<byte[], byte[]> consumer = kafka.consumer("fences")) {
      return new Fences(producer, consumer, controlId, generation)
          .takeOver(Map.of(topic, 2), fenced, from)
          .get(topic);
    }
  }

  private void write(String topic, long generation, int flags, long... lsns) {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer("owner")) {
      for (long lsn : lsns) {
        Position position = new Position(1, lsn, 0);
        byte[] key =
            new ControlRecord(ControlRecord.Kind.FENCE, generation, position).encode(controlId);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, key, key);
        record
            .headers()
            .add(EventHeader.NAME, new EventHeader(flags, generation, position, 0).encode());
        producer.send(record);
      }
    }
  }

  private Map<String, List<Long>> ends(String topic) {
    try (SourceTopics topics = new SourceTopics(kafka.admin("ends"), (short) 1)) {
      return topics.ends(Map.of(topic, 2));
    }
  }

  @Test
  void a_tail_is_the_last_position_of_the_last_owner_that_finished_fencing() {
    String topic = "fences";
    try (SourceTopics topics = new SourceTopics(kafka.admin("fences"), (short) 1)) {
      topics.ensure(topic, 2, true);
      // Asking again changes nothing.
      assertThat(topics.ensure(topic, 5, true)).isEqualTo(2);
    }
    assertThat(takeOver(topic, 1, 0, ends(topic))).containsOnly(Position.START);
    write(topic, 1, 0, 10, 20, 30);

    Position[] second = takeOver(topic, 2, 1, ends(topic));
    assertThat(second).containsExactly(new Position(1, 30, 0), Position.START);

    // The first owner was only paused: what it writes behind the fence counts for nobody.
    long[] many = new long[3_000];
    Arrays.setAll(many, i -> 40 + i);
    write(topic, 1, 0, many);
    assertThat(takeOver(topic, 3, 2, ends(topic))).containsExactly(second);

    // The fourth began to fence and died; the third, paused, wrote on behind that.
    write(topic, 3, 0, 31);
    Map<String, List<Long>> from = ends(topic);
    write(topic, 4, EventHeader.CONTROL, 0);
    write(topic, 3, 0, 32, 33);
    assertThat(takeOver(topic, 5, 3, from)[0]).isEqualTo(new Position(1, 31, 0));
  }
}
