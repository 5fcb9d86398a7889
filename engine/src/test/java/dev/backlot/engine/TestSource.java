package dev.backlot.engine;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Operation;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A captured table, as capture would have it: catalogued, with a topic that a test fills. */
final class TestSource implements AutoCloseable {
  private static final int PARTITIONS = 2;

  final String name;
  final String topic;
  private final EngineServers servers;
  private final String table;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Integer> valueIds = new ArrayList<>();
  private final int controlId;
  private RowSchema schema;
  private int keyId;
  private EnvelopeWriter writer;
  private int ordinal;
  private byte[] lastValue = new byte[0];

  TestSource(EngineServers servers, String table, List<Field> fields) throws Exception {
    this.servers = servers;
    this.table = table;
    this.name = "studio.public." + table;
    this.topic = "backlot." + name + ".1";
    Map<String, Object> kafka = Map.of("bootstrap.servers", servers.kafka.bootstrapServers());
    try (Admin admin = Admin.create(kafka)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.kafka.bootstrapServers(), "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    controlId = servers.schemas.register("control", AvroSchemas.CONTROL);
    alter(fields, true);
    state(SourceStore.State.STREAMING);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      fence(partition, 1);
    }
  }

  /** Changes the table's columns; the catalogue learns of it at once, or not before the next. */
  void alter(List<Field> fields, boolean catalogued) {
    schema = new RowSchema(name, fields, List.of("id"));
    keyId = servers.schemas.register(topic + "-key", AvroSchemas.key(schema));
    Schema envelope = AvroSchemas.envelope(schema);
    int valueId = servers.schemas.register(topic + "-value", envelope);
    valueIds.add(valueId);
    writer =
        new EnvelopeWriter(
            schema, keyId, valueId, new Origin("postgresql", "studio", "public", table));
    if (catalogued) {
      state(SourceStore.State.STREAMING);
    }
  }

  void state(SourceStore.State state) {
    servers
        .metadata
        .sources()
        .put(
            new SourceDescriptor(
                name,
                "studio",
                "public",
                table,
                1,
                topic,
                PARTITIONS,
                List.of("id"),
                AvroSchemas.key(schema).toString(),
                AvroSchemas.envelope(schema).toString(),
                List.of(keyId),
                valueIds),
            state,
            "");
  }

  /** A value of any type, as it stands on the wire. */
  @FunctionalInterface
  interface Raw {
    void write(RowWriter row);
  }

  /** Writes a row: the id, then the other columns' values. */
  void row(Op op, long id, Object... others) {
    writer.begin();
    if (op == Op.DELETE) {
      fill(writer.before(), id, new Object[others.length]);
      writer.noAfter();
    } else {
      writer.noBefore();
      fill(writer.after(), id, others);
    }
    byte[] value = writer.end(op, 1_000_000, position(), 7L, 900_000);
    lastValue = value;
    writer.beginKey().value().writeLong(id);
    byte[] key = writer.endKey();
    send((int) (id % PARTITIONS), key, value, 0);
    if (op == Op.DELETE) {
      send((int) (id % PARTITIONS), key, null, 0);
    }
  }

  /** Changes the table's replica identity; what is recorded of it is from long ago. */
  void tellsWholeRows(boolean whole) {
    servers.metadata.sources().setWholeBefore(name, whole, Instant.EPOCH);
  }

  /** Writes a row that was another one, told whole. */
  void changed(long id, Object[] before, Object... after) {
    writer.begin();
    fill(writer.before(), id, before);
    fill(writer.after(), id, after);
    sendWhole(id, writer.end(Op.UPDATE, 1_000_000, position(), 7L, 900_000));
  }

  /** Writes the delete of a row that is told whole. */
  void deleted(long id, Object... before) {
    writer.begin();
    fill(writer.before(), id, before);
    writer.noAfter();
    sendWhole(id, writer.end(Op.DELETE, 1_000_000, position(), 7L, 900_000));
  }

  /** Writes that the table was emptied. */
  void truncated() {
    writer.begin();
    writer.noBefore();
    writer.noAfter();
    byte[] value = writer.end(Op.TRUNCATE, 1_000_000, position(), 7L, 900_000);
    byte[] key = new ControlRecord(ControlRecord.Kind.TRUNCATE, 1, position()).encode(controlId);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      send(partition, key, value, EventHeader.CONTROL);
    }
  }

  private void sendWhole(long id, byte[] value) {
    writer.beginKey().value().writeLong(id);
    send((int) (id % PARTITIONS), writer.endKey(), value, EventHeader.WHOLE_BEFORE);
  }

  /** Writes a value that is no change event. */
  void garbage(long id) {
    writer.beginKey().value().writeLong(id);
    byte[] key = writer.endKey();
    // The frame of a covered schema, and nothing that fits it.
    send((int) (id % PARTITIONS), key, Arrays.copyOf(lastValue, 7), 0);
  }

  private void fill(RowWriter row, long id, Object... others) {
    row.value().writeLong(id);
    for (int i = 1; i < schema.fields().size(); i++) {
      Object value = i - 1 < others.length ? others[i - 1] : null;
      if (value == null) {
        row.nullValue();
      } else if (value instanceof Raw raw) {
        raw.write(row);
      } else if (schema.fields().get(i).type() == FieldType.Simple.INT) {
        row.value().writeInt((Integer) value);
      } else {
        row.value().writeString(Objects.toString(value));
      }
    }
  }

  private void fence(int partition, long generation) {
    byte[] control =
        new ControlRecord(ControlRecord.Kind.FENCE, generation, position()).encode(controlId);
    send(partition, control, control, EventHeader.CONTROL);
  }

  /** Writes a heartbeat as capture does: a mark into every partition, and a note of them. */
  void heartbeat(long sequence) throws Exception {
    EventHeader header = new EventHeader(EventHeader.CONTROL, 1, position(), 900_000);
    Instant committed = Instant.now();
    List<Long> offsets = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      offsets.add(
          producer
              .send(
                  new ProducerRecord<>(
                      topic,
                      partition,
                      System.currentTimeMillis(),
                      ControlRecord.MARK.encode(controlId),
                      null,
                      List.of(new RecordHeader(EventHeader.NAME, header.encode()))))
              .get()
              .offset());
    }
    servers
        .metadata
        .heartbeats()
        .add(
            new Beat(
                "studio",
                sequence,
                Operation.of(sequence).label(),
                committed,
                Instant.now(),
                Map.of(topic, offsets)),
            Map.of(topic, new Volume(PARTITIONS, 0)));
  }

  private Position position() {
    return new Position(1, 100, ordinal++);
  }

  private void send(
      int partition, byte[] key, byte @org.jspecify.annotations.Nullable [] value, int flags) {
    EventHeader header = new EventHeader(flags, 1, position(), 900_000);
    producer.send(
        new ProducerRecord<>(
            topic,
            partition,
            System.currentTimeMillis(),
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
