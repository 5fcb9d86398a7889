package dev.backlot.engine.source;

import dev.backlot.event.Confluent;
import dev.backlot.event.EventHeader;
import dev.backlot.event.flink.SourceDecoder;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records of Sources' topics as plain JSON values, each as its own schema says. Thread-safe. */
public final class RecordTexts {
  private final SchemaStore schemas;
  private final Map<Integer, Optional<RowSchema>> rowSchemas = new ConcurrentHashMap<>();

  /** Looks schemas up here; the store stays the caller's to close. */
  public RecordTexts(SchemaStore schemas) {
    this.schemas = schemas;
  }

  /**
   * Returns a row: its columns in order, then the operation and times.
   *
   * @throws RuntimeException when the record is no change event of a known schema
   */
  public Map<String, @Nullable Object> row(
      String source, int epoch, ConsumerRecord<byte[], byte[]> record) {
    int id = Confluent.schemaId(record.value());
    RowSchema schema =
        rowSchemas
            .computeIfAbsent(id, this::rowSchema)
            .orElseThrow(() -> new IllegalArgumentException("No schema has the id " + id));
    SourceDecoder decoder =
        new SourceDecoder(
            source,
            epoch,
            schema.fieldNames(),
            schema.fields().stream().map(Field::type).toList(),
            Map.of(id, AvroSchemas.envelope(schema).toString()));
    GenericRowData row =
        decoder.decode(
            record.partition(),
            record.offset(),
            record.timestamp(),
            EventHeader.decode(record.headers().lastHeader(EventHeader.NAME).value()),
            record.value());
    return json(row, schema);
  }

  private Optional<RowSchema> rowSchema(int id) {
    return schemas.byId(id).map(avro -> AvroSchemas.rowSchema(AvroSchemas.parse(avro)));
  }

  /** Returns a record's key as JSON text; empty when it can't be read. */
  public String key(byte[] framed) {
    try {
      Optional<String> avro = schemas.byId(Confluent.schemaId(framed));
      if (avro.isEmpty()) {
        return "";
      }
      Object key =
          new GenericDatumReader<>(AvroSchemas.parse(avro.get()))
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(
                          framed, Confluent.FRAME, framed.length - Confluent.FRAME, null));
      return String.valueOf(key);
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static Map<String, @Nullable Object> json(GenericRowData row, RowSchema schema) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    List<Field> fields = schema.fields();
    for (int i = 0; i < fields.size(); i++) {
      json.put(fields.get(i).name(), JsonValues.of(row, i, fields.get(i).type()));
    }
    int exact = fields.size() + SystemColumn.EXACT.ordinal();
    if (!row.isNullAt(exact)) {
      MapData texts = row.getMap(exact);
      for (int i = 0; i < texts.size(); i++) {
        json.put(
            texts.keyArray().getString(i).toString(),
            texts.valueArray().isNullAt(i) ? null : texts.valueArray().getString(i).toString());
      }
    }
    for (SystemColumn column : List.of(SystemColumn.OP, SystemColumn.TS, SystemColumn.SOURCE_TS)) {
      json.put(
          column.column(), JsonValues.of(row, fields.size() + column.ordinal(), column.type()));
    }
    return json;
  }
}
