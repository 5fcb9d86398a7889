package dev.backlot.transport;

import dev.backlot.event.Confluent;
import dev.backlot.event.EventHeader;
import dev.backlot.event.InputHeader;
import dev.backlot.event.flink.SourceDecoder;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.ConsumerSchema;
import dev.backlot.schema.evolution.Fill;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaVerdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Turns the records of a planned Source into its rows: those of schemas that the plan was made for,
 * and of later ones that are the same to it. For one thread.
 */
final class RecordDecoder {
  private final SourceDecoder values;
  private final Set<Integer> keySchemas = new HashSet<>();
  private final ConsumerSchema consumer;
  private final RowSchema planned;
  private final SchemaLookup schemas;
  private final Set<Integer> refused = new HashSet<>();
  private final int stampColumn;
  private int lastKeySchema = -1;

  RecordDecoder(PlanSource source, SchemaLookup schemas) {
    this.schemas = schemas;
    List<FieldType> types =
        source.columns().stream().map(column -> FieldType.parse(column.type())).toList();
    values =
        new SourceDecoder(
            source.name(),
            source.epoch(),
            source.columns().stream().map(PlanColumn::name).toList(),
            types,
            source.uses().stream()
                .filter(use -> !use.fill().isEmpty())
                .collect(Collectors.toMap(PlanUse::field, use -> Fill.parse(use.fill()))),
            source.valueSchemas().stream()
                .collect(Collectors.toMap(PlanSchema::id, PlanSchema::avro)),
            before(source));
    stampColumn = source.orderedByTime() ? source.columns().size() + SystemColumn.TS.ordinal() : -1;
    source.keySchemas().forEach(schema -> keySchemas.add(schema.id()));
    consumer = ConsumerSchema.of(source);
    planned = rowSchema(source.newestSchema().avro());
  }

  /**
   * Covers a schema that the plan does not know when nothing that the plan takes is another in it.
   * It is compared with what the plan was made for, so that all readers say the same of it,
   * whatever they have met before.
   */
  private boolean cover(int schema) {
    if (values.covers(schema)) {
      return true;
    }
    if (refused.contains(schema)) {
      return false;
    }
    Optional<String> envelope = schemas.byId(schema);
    boolean safe =
        envelope.isPresent()
            && SchemaVerdict.judge(planned, rowSchema(envelope.get()), consumer).outcome()
                == Outcome.SAFE;
    if (safe) {
      values.cover(schema, envelope.get());
    } else {
      refused.add(schema);
    }
    return safe;
  }

  private static RowSchema rowSchema(String envelope) {
    return AvroSchemas.rowSchema(AvroSchemas.parse(envelope));
  }

  private static SourceDecoder.Before before(PlanSource source) {
    if (source.before().isEmpty()) {
      return SourceDecoder.Before.NONE;
    }
    long since =
        source.beforeSince().isEmpty()
            ? Long.MIN_VALUE
            : ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(source.beforeSince()));
    return new SourceDecoder.Before(source.before(), source.key(), since);
  }

  /**
   * Returns what stands in every record's header.
   *
   * @throws IllegalArgumentException when the record has none
   */
  static EventHeader header(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    if (header == null) {
      throw new IllegalArgumentException("it has no header '" + EventHeader.NAME + "'");
    }
    return EventHeader.decode(header.value());
  }

  /**
   * Returns the row of a record that is neither a tombstone nor a fence.
   *
   * @throws UncoveredSchemaException when the plan does not cover its schema
   * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} when its bytes are no
   *     change event
   */
  RowData decode(ConsumerRecord<byte[], byte[]> record, EventHeader header) {
    if (!header.isControl()) {
      checkKey(record);
    }
    byte[] value = record.value();
    int schema = Confluent.schemaId(value);
    if (!cover(schema)) {
      throw uncovered(record, schema);
    }
    GenericRowData row =
        values.decode(record.partition(), record.offset(), record.timestamp(), header, value);
    if (stampColumn >= 0) {
      row.setField(stampColumn, stamp(record, header));
    }
    return row;
  }

  /** Versions that are ordered by time keep theirs when they are published. */
  private static TimestampData stamp(ConsumerRecord<byte[], byte[]> record, EventHeader header) {
    Header input = record.headers().lastHeader(InputHeader.NAME);
    long micros =
        input == null ? header.sourceMicros() : InputHeader.decode(input.value()).stampMicros();
    return TimestampData.fromEpochMillis(
        Math.floorDiv(micros, 1000L), Math.floorMod(micros, 1000) * 1000);
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

  private static UncoveredSchemaException uncovered(
      ConsumerRecord<byte[], byte[]> record, int schema) {
    return new UncoveredSchemaException(
        record.topic(), record.partition(), record.offset(), schema);
  }
}
