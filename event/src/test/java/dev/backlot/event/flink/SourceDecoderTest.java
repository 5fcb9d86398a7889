package dev.backlot.event.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.event.AvroOutput;
import dev.backlot.event.Confluent;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceDecoderTest {
  private static final Origin ORIGIN = new Origin("postgresql", "studio", "public", "everything");
  private static final Position POSITION = new Position(1, 0x16B3748L, 3);
  private static final EventHeader HEADER = new EventHeader(0, 1, POSITION, 1_700_000_000_123_456L);

  private final RowSchema schema = RandomRows.schemaOfEverything();
  private final Schema envelope = AvroSchemas.envelope(schema);
  private final EnvelopeWriter writer = new EnvelopeWriter(schema, 4, 5, ORIGIN);

  @Test
  void avroItselfAndTheDecoderReadEveryValueThatWasWritten() throws IOException {
    RandomRows random = new RandomRows(11);
    SourceDecoder decoder = decoder(schema.fieldNames());
    for (int n = 0; n < 1_000; n++) {
      Map<String, @Nullable Object> before = random.row(schema);
      Map<String, @Nullable Object> after = random.row(schema);
      byte[] value = envelope(Op.UPDATE, before, after);

      GenericRecord read = read(envelope, value);
      assertThat(plain(schema, (GenericRecord) read.get("before"))).isEqualTo(expected(before));
      assertThat(plain(schema, (GenericRecord) read.get("after"))).isEqualTo(expected(after));

      GenericRowData row = decoder.decode(2, 99, 1_700_000_000_500L, HEADER, value);
      assertThat(plain(schema.fields(), row)).isEqualTo(expected(after));
    }
  }

  @Test
  void theEnvelopeSaysWhatWhereAndWhen() throws IOException {
    byte[] value = envelope(Op.CREATE, null, new RandomRows(1).row(schema));

    GenericRecord read = read(envelope, value);

    assertThat(Confluent.schemaId(value)).isEqualTo(5);
    assertThat(read.get("before")).isNull();
    assertThat(read.get("op").toString()).isEqualTo("c");
    assertThat(read.get("ts_ms")).isEqualTo(1_700_000_000_200L);
    assertThat(read.get("ts_us")).isEqualTo(1_700_000_000_200_001L);
    GenericRecord source = (GenericRecord) read.get("source");
    assertThat(source.toString())
        .isEqualTo(
            "{\"connector\": \"postgresql\", \"db\": \"studio\", \"schema\": \"public\","
                + " \"table\": \"everything\", \"timeline\": 1, \"lsn\": 23803720, \"ordinal\": 3,"
                + " \"txId\": 742, \"snapshot\": \"false\", \"ts_us\": 1700000000123456}");
  }

  @Test
  void aRowsSystemColumnsTellItsEventAndRecord() {
    byte[] value = envelope(Op.READ, null, new RandomRows(1).row(schema));

    GenericRowData row = decoder(List.of()).decode(2, 99, 1_700_000_000_500L, HEADER, value);

    assertThat(row.getString(0).toString()).isEqualTo("r");
    assertThat(row.getTimestamp(1, 6).toString()).isEqualTo("2023-11-14T22:13:20.500");
    assertThat(row.getString(2).toString()).isEqualTo("studio.public.everything");
    assertThat(row.getString(3).toString()).isEqualTo(POSITION.toString());
    assertThat(row.getTimestamp(4, 6).toString()).isEqualTo("2023-11-14T22:13:20.123456");
    assertThat(row.getInt(5)).isEqualTo(3);
    assertThat(row.getInt(6)).isEqualTo(2);
    assertThat(row.getLong(7)).isEqualTo(99);
  }

  @Test
  void onlyWantedColumnsAreReadInTheWantedOrderAndUnknownOnesAreNull() {
    Map<String, @Nullable Object> after = new RandomRows(5).row(schema);
    after.put("date", new RandomRows.Inexact("far away"));
    after.put("json", new RandomRows.Inexact("unwanted"));
    byte[] value = envelope(Op.CREATE, null, after);
    SourceDecoder decoder =
        new SourceDecoder(
            schema.name(),
            1,
            List.of("date", "missing", "id"),
            List.of(FieldType.Simple.DATE, FieldType.Text.PLAIN, FieldType.Simple.LONG),
            Map.of(5, envelope.toString()));

    GenericRowData row = decoder.decode(0, 0, 0, HEADER, value);

    assertThat(row.getField(0)).isNull();
    assertThat(row.getField(1)).isNull();
    assertThat(row.getField(2)).isEqualTo(after.get("id"));
    assertThat(((GenericMapData) row.getMap(11)).size()).isEqualTo(1);
    assertThat(((GenericMapData) row.getMap(11)).get(StringData.fromString("date")))
        .isEqualTo(StringData.fromString("far away"));
  }

  @Test
  void aDeleteOfADumpNeedNotTellWhatWasBefore() {
    writer.begin();
    RowWriter before = writer.before();
    before.value().writeLong(7);
    before.value().writeString("k");
    before.nulls();
    writer.noAfter();
    byte[] delete = writer.end(Op.DELETE, 0, POSITION, null, 0);
    SourceDecoder decoder =
        new SourceDecoder(
            schema.name(),
            1,
            List.of("id", "boolean"),
            List.of(FieldType.Simple.LONG, FieldType.Simple.BOOLEAN),
            Map.of(),
            Map.of(5, envelope.toString()),
            new SourceDecoder.Before(List.of("boolean"), List.of("id"), 0));

    GenericRowData told = decoder.decode(0, 0, 0, HEADER, delete);
    GenericRowData found =
        decoder.decode(0, 0, 0, new EventHeader(EventHeader.DUMP, 1, POSITION, 5), delete);

    int known = told.getArity() - 1;
    assertThat(told.getBoolean(known)).isFalse();
    assertThat(found.getBoolean(known)).isTrue();
    assertThat(found.isNullAt(known - 1)).isTrue();
  }

  @Test
  void aDeleteHasItsKeyAndATruncationNothing() {
    writer.begin();
    RowWriter before = writer.before();
    before.value().writeLong(7);
    before.value().writeString("k");
    before.nulls();
    writer.noAfter();
    byte[] delete = writer.end(Op.DELETE, 0, POSITION, null, 0);
    byte[] truncate = envelope(Op.TRUNCATE, null, null);
    SourceDecoder decoder = decoder(List.of("id", "boolean", "key text"));

    GenericRowData deleted = decoder.decode(0, 0, 0, HEADER, delete);
    GenericRowData truncated = decoder.decode(0, 1, 0, HEADER, truncate);

    assertThat(deleted.getLong(0)).isEqualTo(7);
    assertThat(deleted.isNullAt(1)).isTrue();
    assertThat(deleted.getString(2).toString()).isEqualTo("k");
    assertThat(deleted.getString(3).toString()).isEqualTo("d");
    assertThat(truncated.isNullAt(0)).isTrue();
    assertThat(truncated.getString(3).toString()).isEqualTo("t");
  }

  @Test
  void aKeyHasItsColumnsInKeyOrder() throws IOException {
    RowWriter key = writer.beginKey();
    key.value().writeString("k");
    key.value().writeLong(7);
    byte[] bytes = writer.endKey();

    GenericRecord read = read(AvroSchemas.key(schema), bytes);

    assertThat(Confluent.schemaId(bytes)).isEqualTo(4);
    assertThat(read.toString()).isEqualTo("{\"key_x0020_text\": \"k\", \"id\": 7}");
  }

  @Test
  void olderSchemasAreWidenedToTheWantedTypes() {
    RowSchema old =
        new RowSchema(
            "studio.public.t",
            List.of(
                Field.required("id", FieldType.Simple.INT),
                Field.nullable("f", FieldType.Simple.FLOAT),
                Field.nullable("d", new FieldType.Decimal(9, 2)),
                Field.nullable("a", new FieldType.ArrayOf(FieldType.Simple.INT))),
            List.of("id"));
    EnvelopeWriter writer = new EnvelopeWriter(old, 1, 2, ORIGIN);
    writer.begin();
    writer.noBefore();
    RowWriter after = writer.after();
    after.value().writeInt(-5);
    after.value().writeFloatBits(Float.floatToRawIntBits(1.5f));
    after.value().writeBytes(new byte[] {-1, 0}, 0, 2);
    AvroOutput array = after.value();
    array.beginBlock(1);
    array.writePresent();
    array.writeInt(9);
    array.endBlocks();
    byte[] value = writer.end(Op.CREATE, 0, POSITION, null, 0);
    SourceDecoder decoder =
        new SourceDecoder(
            "s",
            1,
            List.of("id", "f", "d", "a"),
            List.of(
                FieldType.Simple.LONG,
                FieldType.Simple.DOUBLE,
                new FieldType.Decimal(25, 2),
                new FieldType.ArrayOf(FieldType.Simple.LONG)),
            Map.of(2, AvroSchemas.envelope(old).toString()));

    GenericRowData row = decoder.decode(0, 0, 0, HEADER, value);

    assertThat(row.getLong(0)).isEqualTo(-5);
    assertThat(row.getDouble(1)).isEqualTo(1.5);
    assertThat(row.getDecimal(2, 25, 2).toBigDecimal()).isEqualTo(new BigDecimal("-2.56"));
    assertThat(row.getArray(3).getLong(0)).isEqualTo(9);
  }

  @Test
  void aSchemaThatIsNotCoveredOrNotAcceptedIsRefused() {
    SourceDecoder decoder = decoder(List.of("id"));
    assertThat(decoder.covers(5)).isTrue();
    assertThat(decoder.covers(6)).isFalse();
    assertThatThrownBy(
            () ->
                new SourceDecoder(
                    "s",
                    1,
                    List.of("id"),
                    List.of(FieldType.Text.PLAIN),
                    Map.of(5, envelope.toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id is long, which can't be read as text");
  }

  @Test
  void infinityComesOutOfTheMillisecondsAndNanosAgain() {
    for (long micros :
        new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, -62_200_000_000_000_001L}) {
      TimestampData timestamp = FieldReaders.timestamp(micros);
      assertThat(timestamp.getMillisecond() * 1000 + timestamp.getNanoOfMillisecond() / 1000)
          .isEqualTo(micros);
    }
  }

  @Test
  void aRowThatLacksAColumnCannotBeEnded() {
    writer.begin();
    writer.noBefore();
    writer.after().value().writeLong(1);
    assertThatThrownBy(() -> writer.end(Op.CREATE, 0, POSITION, null, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("key text");
  }

  @Test
  void rowsTellEarlierValuesWhereTheyAreKnown() {
    RowSchema slot =
        new RowSchema(
            "studio.public.slot",
            List.of(
                Field.required("id", FieldType.Simple.INT),
                Field.nullable("movie", FieldType.Simple.INT)),
            List.of("id"));
    EnvelopeWriter envelopes =
        new EnvelopeWriter(slot, 1, 5, new Origin("postgresql", "studio", "public", "slot"));
    SourceDecoder decoder =
        new SourceDecoder(
            slot.name(),
            3,
            slot.fieldNames(),
            slot.fields().stream().map(Field::type).toList(),
            Map.of(),
            Map.of(5, AvroSchemas.envelope(slot).toString()),
            new SourceDecoder.Before(List.of("movie"), List.of("id"), 1_000));

    assertThat(before(decoder, envelopes, Op.CREATE, null, 7, 0, 2_000)).isEqualTo("null true");
    assertThat(before(decoder, envelopes, Op.UPDATE, 6, 7, 8, 2_000)).isEqualTo("6 true");
    assertThat(before(decoder, envelopes, Op.UPDATE, null, 7, 0, 2_000)).isEqualTo("null false");
    assertThat(before(decoder, envelopes, Op.UPDATE, null, 7, 0, 999)).isEqualTo("null true");
    assertThat(before(decoder, envelopes, Op.DELETE, 6, null, 8, 2_000)).isEqualTo("6 true");
    assertThat(before(decoder, envelopes, Op.DELETE, 6, null, 0, 2_000)).isEqualTo("6 false");
  }

  /** Returns what a row tells of the movie before, and whether it is known. */
  private static String before(
      SourceDecoder decoder,
      EnvelopeWriter envelopes,
      Op op,
      @Nullable Integer before,
      @Nullable Integer after,
      int flags,
      long sourceMicros) {
    envelopes.begin();
    if (before == null) {
      envelopes.noBefore();
    } else {
      RowWriter row = envelopes.before();
      row.value().writeInt(1);
      row.value().writeInt(before);
    }
    if (after == null) {
      envelopes.noAfter();
    } else {
      RowWriter row = envelopes.after();
      row.value().writeInt(1);
      row.value().writeInt(after);
    }
    byte[] value = envelopes.end(op, 1, POSITION, 7L, sourceMicros);
    GenericRowData row =
        decoder.decode(0, 1, 2, new EventHeader(flags, 1, POSITION, sourceMicros), value);
    int last = row.getArity() - 1;
    return row.getField(last - 1) + " " + row.getField(last);
  }

  private SourceDecoder decoder(List<String> columns) {
    List<FieldType> types =
        columns.stream().map(c -> schema.field(c).orElseThrow().type()).toList();
    return new SourceDecoder(schema.name(), 3, columns, types, Map.of(5, envelope.toString()));
  }

  private byte[] envelope(
      Op op,
      @Nullable Map<String, @Nullable Object> before,
      @Nullable Map<String, @Nullable Object> after) {
    writer.begin();
    if (before == null) {
      writer.noBefore();
    } else {
      RandomRows.write(writer.before(), schema.fields(), before);
    }
    if (after == null) {
      writer.noAfter();
    } else {
      RandomRows.write(writer.after(), schema.fields(), after);
    }
    return writer.end(op, 1_700_000_000_200_001L, POSITION, 742L, 1_700_000_000_123_456L);
  }

  private static GenericRecord read(Schema schema, byte[] framed) throws IOException {
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(framed, Confluent.FRAME, framed.length - 5, null);
    GenericRecord read = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    assertThat(decoder.isEnd()).isTrue();
    return read;
  }

  private static @Nullable Object hex(@Nullable Object value) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>();
      list.forEach(element -> elements.add(hex(element)));
      return elements;
    }
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value;
  }

  /** Values as written, comparable: the exact texts in a map under their own name. */
  private static Map<String, Object> expected(Map<String, @Nullable Object> row) {
    Map<String, Object> plain = new TreeMap<>();
    Map<String, String> exact = new TreeMap<>();
    row.forEach(
        (name, value) -> {
          if (value instanceof RandomRows.Inexact inexact) {
            exact.put(name, inexact.text());
            plain.put(name, "null");
          } else {
            plain.put(name, String.valueOf(hex(value)));
          }
        });
    plain.put("_exact", exact);
    return plain;
  }

  private static Map<String, Object> plain(RowSchema schema, GenericRecord record) {
    Map<String, Object> plain = new TreeMap<>();
    for (Field field : schema.fields()) {
      Schema.Field avro = record.getSchema().getFields().get(schema.fields().indexOf(field));
      assertThat(AvroSchemas.columnName(avro)).isEqualTo(field.name());
      plain.put(field.name(), String.valueOf(avroValue(avro.schema(), record.get(avro.name()))));
    }
    Map<String, String> exact = new TreeMap<>();
    if (record.get("_exact") instanceof Map<?, ?> texts) {
      texts.forEach((column, text) -> exact.put(column.toString(), String.valueOf(text)));
    }
    plain.put("_exact", exact);
    return plain;
  }

  private static @Nullable Object avroValue(Schema schema, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    Schema type = schema.isUnion() ? schema.getTypes().get(1) : schema;
    if (type.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return new BigDecimal(new BigInteger(((ByteBuffer) value).array()), decimal.getScale());
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>();
      list.forEach(e -> elements.add(avroValue(type.getElementType(), e)));
      return elements;
    }
    if (value instanceof ByteBuffer bytes) {
      return hex(bytes.array());
    }
    if (value instanceof GenericRecord r) {
      return new RandomRows.Interval(
          (int) r.get("months"), (int) r.get("days"), (long) r.get("micros"));
    }
    return value;
  }

  private static Map<String, Object> plain(List<Field> fields, GenericRowData row) {
    Map<String, Object> plain = new TreeMap<>();
    for (int i = 0; i < fields.size(); i++) {
      plain.put(
          fields.get(i).name(), String.valueOf(flinkValue(fields.get(i).type(), row.getField(i))));
    }
    Map<String, String> exact = new TreeMap<>();
    if (row.getField(fields.size() + 8) instanceof GenericMapData map) {
      for (Field field : fields) {
        Object text = map.get(StringData.fromString(field.name()));
        if (text != null) {
          exact.put(field.name(), text.toString());
        }
      }
    }
    plain.put("_exact", exact);
    return plain;
  }

  private static @Nullable Object flinkValue(FieldType type, @Nullable Object value) {
    if (value instanceof DecimalData decimal) {
      return decimal.toBigDecimal();
    }
    if (value instanceof TimestampData time) {
      return time.getMillisecond() * 1000 + time.getNanoOfMillisecond() / 1000;
    }
    if (value instanceof byte[] bytes) {
      return hex(bytes);
    }
    if (value instanceof GenericRowData interval) {
      return new RandomRows.Interval(interval.getInt(0), interval.getInt(1), interval.getLong(2));
    }
    if (value instanceof ArrayData array) {
      FieldType element = ((FieldType.ArrayOf) type).element();
      List<@Nullable Object> elements = new ArrayList<>();
      ArrayData.ElementGetter getter =
          ArrayData.createElementGetter(FlinkTypes.logicalType(element));
      for (int i = 0; i < array.size(); i++) {
        elements.add(flinkValue(element, getter.getElementOrNull(array, i)));
      }
      return elements;
    }
    return value;
  }
}
