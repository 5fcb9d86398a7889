package dev.backlot.transport;

import dev.backlot.event.Confluent;
import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.flink.SourceDecoder;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.FieldType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Turns each record into one event: a row, or only progress for a tombstone, a fence, or a record
 * of a generation that a fence has ended.
 */
final class RecordReader implements KafkaRecordDeserializationSchema<ReadEvent> {
  private static final long serialVersionUID = 1L;

  private final PlanSource source;
  private final long[] generations;
  private final transient Parking parking;
  private transient SourceDecoder decoder;
  private transient Set<Integer> keySchemas;
  private transient int lastKeySchema;
  private transient Counter stale;
  private transient Counter skipped;

  @SuppressWarnings("NullAway.Init")
  private RecordReader(PlanSource source, long[] generations, Parking parking) {
    this.source = source;
    this.generations = generations;
    this.parking = parking;
  }

  /** Reads a Source; where it starts is not decided yet. */
  static RecordReader of(PlanSource source) {
    int partitions = source.partitions();
    return new RecordReader(source, new long[partitions], new Parking(partitions));
  }

  /** Returns a reader that continues behind these starts, until something is parked. */
  RecordReader startingAt(Map<Integer, Starts.Start> starts, Parking parkingLot) {
    long[] from = new long[source.partitions()];
    starts.forEach((partition, start) -> from[partition] = start.mark().generation());
    return new RecordReader(source, from, parkingLot);
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    prepare();
    stale = context.getMetricGroup().counter("recordsOfEndedGenerations");
    skipped = context.getMetricGroup().counter("recordsWithoutRow");
  }

  private void prepare() {
    List<FieldType> types =
        source.columns().stream().map(column -> FieldType.parse(column.type())).toList();
    decoder =
        new SourceDecoder(
            source.name(),
            source.epoch(),
            source.columns().stream().map(PlanColumn::name).toList(),
            types,
            source.valueSchemas().stream()
                .collect(Collectors.toMap(PlanSchema::id, PlanSchema::avro)));
    keySchemas = new HashSet<>();
    source.keySchemas().forEach(schema -> keySchemas.add(schema.id()));
    lastKeySchema = -1;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadEvent> out) {
    int partition = record.partition();
    if (parking.isParked(partition)) {
      return;
    }
    RowData row;
    try {
      row = row(record);
    } catch (UncoveredSchemaException e) {
      parking.park(partition, e);
      return;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      parking.park(partition, undecodable(record, e));
      return;
    }
    if (row == null) {
      skipped.inc();
    }
    out.collect(new ReadEvent(row, partition, record.offset() + 1, generations[partition], false));
  }

  private static JobStoppedException undecodable(
      ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    return new JobStoppedException(
        ProblemCode.JOB_FAILED,
        "Cannot decode record '%s/%d/%d': %s. Report this; the Source needs a dump into a new epoch."
            .formatted(record.topic(), record.partition(), record.offset(), cause.getMessage()),
        cause);
  }

  private @Nullable RowData row(ConsumerRecord<byte[], byte[]> record) {
    int partition = record.partition();
    byte[] value = record.value();
    if (value == null) {
      return null;
    }
    EventHeader header = header(record);
    if (header.generation() < generations[partition]) {
      stale.inc();
      return null;
    }
    if (header.isControl()) {
      ControlRecord control = ControlRecord.decode(record.key());
      if (control.kind() == ControlRecord.Kind.FENCE) {
        generations[partition] = Math.max(generations[partition], control.generation());
        return null;
      }
    } else {
      checkKey(record);
    }
    int schema = Confluent.schemaId(value);
    if (!decoder.covers(schema)) {
      throw uncovered(record, schema);
    }
    return decoder.decode(partition, record.offset(), record.timestamp(), header, value);
  }

  private void checkKey(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    if (key == null) {
      return;
    }
    int schema = Confluent.schemaId(key);
    if (schema != lastKeySchema) {
      if (!keySchemas.contains(schema)) {
        throw uncovered(record, schema);
      }
      lastKeySchema = schema;
    }
  }

  private static EventHeader header(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    if (header == null) {
      throw new IllegalArgumentException("it has no header '" + EventHeader.NAME + "'");
    }
    return EventHeader.decode(header.value());
  }

  private static UncoveredSchemaException uncovered(
      ConsumerRecord<byte[], byte[]> record, int schema) {
    return new UncoveredSchemaException(
        record.topic(), record.partition(), record.offset(), schema);
  }

  @Override
  public TypeInformation<ReadEvent> getProducedType() {
    return new SerializedType<>(ReadEvent.class);
  }
}
