package dev.backlot.sink.iceberg;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A Source's topic, filled by hand: rows {@code (id, title)} keyed by id. */
final class TestTopic implements AutoCloseable {
  static final int KEY_SCHEMA = 1;
  static final int VALUE_SCHEMA = 2;
  private static final int CONTROL_SCHEMA = 3;
  private static final AtomicInteger NAMES = new AtomicInteger();

  final String name = "studio.public.t" + NAMES.incrementAndGet();
  final String topic = "backlot." + name + ".1";
  final int partitions;
  private final RowSchema schema =
      new RowSchema(
          name,
          List.of(
              Field.required("id", FieldType.Simple.LONG),
              Field.nullable("title", FieldType.Text.PLAIN)),
          List.of("id"));
  private final EnvelopeWriter writer =
      new EnvelopeWriter(
          schema, KEY_SCHEMA, VALUE_SCHEMA, new Origin("postgresql", "studio", "public", "t"));
  private final KafkaProducer<byte[], byte[]> producer;
  private int ordinal;

  TestTopic(String bootstrapServers, int partitions) throws Exception {
    this.partitions = partitions;
    Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
    try (Admin admin = Admin.create(kafka)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, Optional.of(partitions), Optional.empty())
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 2),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  PlanSource plan() {
    return new PlanSource(
        "source_" + name.substring(name.lastIndexOf('.') + 1),
        name,
        topic,
        1,
        partitions,
        List.of("id"),
        List.of(new PlanColumn("id", "long", false), new PlanColumn("title", "text", true)),
        List.of(new PlanSchema(KEY_SCHEMA, AvroSchemas.key(schema).toString())),
        List.of(new PlanSchema(VALUE_SCHEMA, AvroSchemas.envelope(schema).toString())),
        "earliest");
  }

  int partition(long id) {
    return (int) (id % partitions);
  }

  /** Writes a row; its partition is its id modulo the partitions. */
  void row(Op op, long id, String title, long generation) {
    writer.begin();
    if (op == Op.DELETE) {
      fill(writer.before(), id, title);
      writer.noAfter();
    } else {
      writer.noBefore();
      fill(writer.after(), id, title);
    }
    byte[] value = writer.end(op, 1_000_000, position(), 7L, 900_000);
    send(partition(id), key(id), value, 0, generation);
  }

  private static void fill(RowWriter row, long id, String title) {
    row.value().writeLong(id);
    row.value().writeString(title);
  }

  private byte[] key(long id) {
    writer.beginKey().value().writeLong(id);
    return writer.endKey();
  }

  void tombstone(long id, long generation) {
    send(partition(id), key(id), null, 0, generation);
  }

  void fence(int partition, long generation) {
    byte[] control =
        new ControlRecord(ControlRecord.Kind.FENCE, generation, position()).encode(CONTROL_SCHEMA);
    send(partition, control, control, EventHeader.CONTROL, generation);
  }

  void truncate(int partition, long generation) {
    byte[] key =
        new ControlRecord(ControlRecord.Kind.TRUNCATE, generation, position())
            .encode(CONTROL_SCHEMA);
    writer.begin();
    writer.noBefore();
    writer.noAfter();
    byte[] value = writer.end(Op.TRUNCATE, 1_000_000, position(), 7L, 900_000);
    send(partition, key, value, EventHeader.CONTROL, generation);
  }

  /** Writes a row under a schema that the plan does not cover. */
  void uncovered(long id, int schemaId) {
    writer.begin();
    writer.noBefore();
    fill(writer.after(), id, "?");
    byte[] value = writer.end(Op.CREATE, 1_000_000, position(), 7L, 900_000);
    value[4] = (byte) schemaId;
    send(partition(id), key(id), value, 0, 1);
  }

  /** Writes an envelope that ends too early. */
  void truncated(long id) {
    writer.begin();
    writer.noBefore();
    fill(writer.after(), id, "a text that is cut off");
    byte[] value = writer.end(Op.CREATE, 1_000_000, position(), 7L, 900_000);
    send(partition(id), key(id), Arrays.copyOf(value, 12), 0, 1);
  }

  private Position position() {
    return new Position(1, 100, ordinal++);
  }

  private void send(int partition, byte[] key, byte[] value, int flags, long generation) {
    EventHeader header = new EventHeader(flags, generation, position(), 900_000);
    producer.send(
        new ProducerRecord<>(
            topic,
            partition,
            1_000L,
            key,
            value,
            List.of(new RecordHeader(EventHeader.NAME, header.encode()))));
  }

  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
