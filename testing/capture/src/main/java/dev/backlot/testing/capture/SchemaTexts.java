package dev.backlot.testing.capture;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The schemas as any reader finds them in the topic {@code _schemas}: a record holds subject and
 * schema as two Avro strings, and a schema's id is one more than the offset of the first record
 * that holds it. For one thread.
 */
final class SchemaTexts implements AutoCloseable {
  private static final TopicPartition PARTITION = new TopicPartition("_schemas", 0);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<Integer, Schema> byId = new HashMap<>();

  SchemaTexts(Properties properties) {
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(PARTITION));
    consumer.seekToBeginning(List.of(PARTITION));
  }

  /** Returns a schema, reading on until it is found. */
  Schema schema(int id) throws Exception {
    return Patience.await(
        "schema " + id,
        java.time.Duration.ofSeconds(60),
        () -> {
          if (!byId.containsKey(id)) {
            for (ConsumerRecord<byte[], byte[]> record :
                consumer.poll(java.time.Duration.ofMillis(100))) {
              add(record);
            }
          }
          return java.util.Optional.ofNullable(byId.get(id));
        });
  }

  private void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
    if (record.value() == null) {
      return;
    }
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(record.value(), null);
    decoder.readString();
    byId.put(Math.toIntExact(record.offset() + 1), new Schema.Parser().parse(decoder.readString()));
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(java.time.Duration.ZERO));
  }
}
