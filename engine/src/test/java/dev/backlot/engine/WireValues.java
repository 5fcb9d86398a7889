package dev.backlot.engine;

import dev.backlot.engine.TestSource.Raw;
import dev.backlot.event.AvroOutput;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A column of every type, and values with their limits, as capture writes them. */
final class WireValues {
  private static final FieldType DECIMAL = new FieldType.Decimal(9, 2);
  private static final FieldType WIDE = new FieldType.Decimal(38, 10);
  private static final Map<String, FieldType> TYPES = new LinkedHashMap<>();
  private static final Map<String, List<Raw>> VALUES = new LinkedHashMap<>();

  static {
    add("flag", Simple.BOOLEAN, AvroOutput::writeBoolean, true, false);
    add("small", Simple.INT, AvroOutput::writeInt, Integer.MIN_VALUE, 0, Integer.MAX_VALUE);
    add("large", Simple.LONG, AvroOutput::writeLong, Long.MIN_VALUE, 0L, Long.MAX_VALUE);
    add("single", Simple.FLOAT, AvroOutput::writeFloatBits, 0x7fc00001, 0x80000000, 1);
    add("dbl", Simple.DOUBLE, AvroOutput::writeDoubleBits, 0x7ff8000000000123L, Long.MIN_VALUE);
    add("key", Simple.UUID, AvroOutput::writeString, "11111111-2222-3333-4444-555555555555");
    add("bytes", Simple.BYTES, WireValues::bytes, new byte[0], new byte[] {0, -1, 127, -128});
    add("day", Simple.DATE, AvroOutput::writeInt, Integer.MIN_VALUE, -719_529, Integer.MAX_VALUE);
    add("at", Simple.TIMESTAMP, AvroOutput::writeLong, Long.MIN_VALUE, -1L, Long.MAX_VALUE);
    add("attz", Simple.TIMESTAMPTZ, AvroOutput::writeLong, Long.MIN_VALUE, -1L, Long.MAX_VALUE);
    add("clock", Simple.TIME, AvroOutput::writeLong, 0L, 86_399_999_999L, 86_400_000_000L);
    add(
        "words",
        Text.PLAIN,
        AvroOutput::writeString,
        "",
        "\uD83D\uDE00\u00e9'\"\\",
        "x".repeat(9000));
    add("dec9", DECIMAL, WireValues::digits, "999999999", "-999999999", "1");
    VALUES.get("dec9").add(row -> row.inexact("NaN"));
    add("dec38", WIDE, WireValues::digits, "9".repeat(38), "-" + "9".repeat(38), "0");
    VALUES.get("dec38").add(row -> row.inexact("Infinity"));
    add("span", Simple.INTERVAL, WireValues::span, Long.MIN_VALUE, 0L, Long.MAX_VALUE);
    list("days", Simple.DATE, AvroOutput::writeInt, List.of(Integer.MAX_VALUE, Integer.MIN_VALUE));
    list("names", Text.PLAIN, AvroOutput::writeString, List.of("", "null", "a"));
    list("decs", DECIMAL, WireValues::digits, List.of("-12345", "7"));
    list("spans", Simple.INTERVAL, WireValues::span, List.of(1L, -1L));
  }

  private WireValues() {}

  @SafeVarargs
  private static <T> void add(
      String name, FieldType type, BiConsumer<AvroOutput, T> writer, T... values) {
    TYPES.put(name, type);
    List<Raw> raw = new ArrayList<>();
    for (T value : values) {
      raw.add(row -> writer.accept(row.value(), value));
    }
    VALUES.put(name, raw);
  }

  private static <T> void list(
      String name, FieldType element, BiConsumer<AvroOutput, T> writer, List<T> elements) {
    TYPES.put(name, new FieldType.ArrayOf(element));
    VALUES.put(
        name,
        List.of(
            row -> {
              AvroOutput out = row.value();
              out.beginBlock(elements.size() + 1);
              for (T value : elements) {
                out.writePresent();
                writer.accept(out, value);
              }
              out.writeNull();
              out.endBlocks();
            },
            row -> row.value().endBlocks()));
  }

  private static void bytes(AvroOutput out, byte[] value) {
    out.writeBytes(value, 0, value.length);
  }

  private static void digits(AvroOutput out, String unscaled) {
    bytes(out, new BigInteger(unscaled).toByteArray());
  }

  private static void span(AvroOutput out, long micros) {
    out.writeInt(-1);
    out.writeInt(31);
    out.writeLong(micros);
  }

  /** Returns the names of the columns. */
  static List<String> names() {
    return List.copyOf(TYPES.keySet());
  }

  /** Returns the columns. */
  static List<Field> fields() {
    return TYPES.entrySet().stream().map(e -> Field.nullable(e.getKey(), e.getValue())).toList();
  }

  /** Returns values of all columns; with enough seeds every value of each is there, and null. */
  static Object[] row(long seed) {
    Object[] row = new Object[TYPES.size()];
    int i = 0;
    for (List<Raw> values : VALUES.values()) {
      int choice = (int) ((seed + i) % (values.size() + 1));
      row[i++] = choice == values.size() ? null : values.get(choice);
    }
    return row;
  }
}
