package dev.backlot.capture.postgres.audit;

import dev.backlot.event.Confluent;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.canonical.Canonical;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Reads keys and rows, by Avro's own decoder, as canonical texts. For one thread. */
public final class AvroTexts {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final IntFunction<Schema> schemas;
  private final Map<Integer, Schema> known = new HashMap<>();

  /** Takes how a schema is found by its id. */
  public AvroTexts(IntFunction<Schema> schemas) {
    this.schemas = schemas;
  }

  /** Returns a key's canonical texts, in key order. */
  public List<String> key(byte[] framed) {
    Schema schema = known.computeIfAbsent(Confluent.schemaId(framed), schemas::apply);
    GenericRecord key;
    try {
      int size = framed.length - Confluent.FRAME;
      key =
          new GenericDatumReader<GenericRecord>(schema)
              .read(null, DecoderFactory.get().binaryDecoder(framed, Confluent.FRAME, size, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return columns(key).values().stream().map(Objects::requireNonNull).toList();
  }

  /** Returns a record's canonical texts by column, in its order; null for NULL. */
  public static Map<String, @Nullable String> columns(GenericRecord row) {
    Map<String, @Nullable String> texts = new LinkedHashMap<>();
    for (Schema.Field field : row.getSchema().getFields()) {
      if (!field.name().equals(AvroSchemas.EXACT)) {
        String column = AvroSchemas.columnName(field);
        Object value = row.get(field.pos());
        texts.put(
            column,
            value == null
                ? exact(row, column)
                : text(AvroSchemas.fieldType(withoutNull(field.schema())), value));
      }
    }
    return texts;
  }

  private static @Nullable String exact(GenericRecord row, String column) {
    if (row.hasField(AvroSchemas.EXACT) && row.get(AvroSchemas.EXACT) instanceof Map<?, ?> texts) {
      for (Map.Entry<?, ?> text : texts.entrySet()) {
        if (text.getKey().toString().equals(column)) {
          return String.valueOf(text.getValue());
        }
      }
    }
    return null;
  }

  private static Schema withoutNull(Schema schema) {
    return schema.isUnion() ? schema.getTypes().get(1) : schema;
  }

  private static String text(FieldType type, Object value) {
    if (type instanceof FieldType.Decimal decimal) {
      BigInteger unscaled = new BigInteger(array((ByteBuffer) value));
      return Canonical.number(new BigDecimal(unscaled, decimal.scale()).toPlainString());
    }
    if (type instanceof FieldType.ArrayOf array) {
      List<@Nullable String> elements = new ArrayList<>();
      for (Object element : (List<?>) value) {
        elements.add(element == null ? null : text(array.element(), element));
      }
      return Canonical.list(elements);
    }
    if (type instanceof FieldType.Text text) {
      return text.kind() == FieldType.TextKind.NUMERIC
          ? Canonical.number(value.toString())
          : value.toString();
    }
    return switch ((FieldType.Simple) type) {
      case BOOLEAN, INT, LONG, UUID, TEXT_MAP -> value.toString();
      case FLOAT -> Canonical.floating(value.toString());
      case DOUBLE -> Canonical.doubled(value.toString());
      case BYTES -> HexFormat.of().formatHex(array((ByteBuffer) value));
      case DATE -> date((Integer) value);
      case TIME -> time((Long) value);
      case TIMESTAMP -> timestamp((Long) value, "");
      case TIMESTAMPTZ -> timestamp((Long) value, "+00");
      case INTERVAL -> {
        GenericRecord interval = (GenericRecord) value;
        yield Canonical.interval(
            (Integer) interval.get("months"),
            (Integer) interval.get("days"),
            (Long) interval.get("micros"));
      }
    };
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? "infinity" : "-infinity";
    }
    LocalDate date = LocalDate.ofEpochDay(days);
    return day(date) + era(date);
  }

  private static String timestamp(long micros, String zone) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_PER_DAY));
    return day(date) + " " + time(Math.floorMod(micros, MICROS_PER_DAY)) + zone + era(date);
  }

  /** There is no year 0: 1 BC stands before 1 AD. */
  private static String day(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    return String.format(
        Locale.ROOT, "%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
  }

  private static String era(LocalDate date) {
    return date.getYear() > 0 ? "" : " BC";
  }

  private static String time(long micros) {
    long seconds = micros / 1_000_000;
    String text =
        String.format(
            Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    long fraction = micros % 1_000_000;
    return fraction == 0
        ? text
        : text + "." + String.format(Locale.ROOT, "%06d", fraction).replaceAll("0+$", "");
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
