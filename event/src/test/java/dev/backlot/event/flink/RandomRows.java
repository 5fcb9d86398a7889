package dev.backlot.event.flink;

import dev.backlot.event.AvroOutput;
import dev.backlot.event.RowWriter;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random values of every type, how capture would write them, and edge values among them. */
final class RandomRows {
  private static final String[] TEXTS = {
    "", "a", "it's \"q\"", "🎬 Lumière", "\n\t\\", "NULL", "日本"
  };
  private final Random random;

  RandomRows(long seed) {
    random = new Random(seed);
  }

  static RowSchema schemaOfEverything() {
    List<FieldType> types = new ArrayList<>(Arrays.asList(FieldType.Simple.values()));
    types.remove(FieldType.Simple.TEXT_MAP);
    types.add(new FieldType.Decimal(9, 2));
    types.add(new FieldType.Decimal(18, 0));
    types.add(new FieldType.Decimal(38, 20));
    types.add(FieldType.Text.PLAIN);
    types.add(FieldType.Text.NUMERIC);
    types.add(FieldType.Text.JSON);
    types.add(FieldType.Text.enumOf(List.of("a", "b")));
    for (FieldType element : List.copyOf(types)) {
      types.add(new FieldType.ArrayOf(element));
    }
    List<Field> fields = new ArrayList<>();
    fields.add(Field.required("id", FieldType.Simple.LONG));
    fields.add(Field.required("key text", FieldType.Text.PLAIN));
    for (FieldType type : types) {
      fields.add(Field.nullable(type.notation(), type));
    }
    return new RowSchema("studio.public.everything", fields, List.of("key text", "id"));
  }

  /** Returns a row by column; what is an {@link Inexact} stands in the exact map. */
  Map<String, @Nullable Object> row(RowSchema schema) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (Field field : schema.fields()) {
      int dice = random.nextInt(20);
      if (field.nullable() && dice == 0) {
        row.put(field.name(), null);
      } else if (field.nullable() && dice == 1) {
        row.put(field.name(), new Inexact("NaN"));
      } else {
        row.put(field.name(), value(field.type()));
      }
    }
    return row;
  }

  record Inexact(String text) {}

  record Interval(int months, int days, long micros) {}

  private Object value(FieldType type) {
    if (type instanceof FieldType.Decimal decimal) {
      BigInteger limit = BigInteger.TEN.pow(decimal.precision());
      BigInteger unscaled = new BigInteger(1 + random.nextInt(126), random).mod(limit);
      return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), decimal.scale());
    }
    if (type instanceof FieldType.ArrayOf array) {
      List<@Nullable Object> elements = new ArrayList<>();
      int count = random.nextInt(4);
      for (int i = 0; i < count; i++) {
        elements.add(random.nextInt(4) == 0 ? null : value(array.element()));
      }
      return elements;
    }
    if (type instanceof FieldType.Simple simple) {
      return simple(simple);
    }
    return text();
  }

  private Object simple(FieldType.Simple type) {
    return switch (type) {
      case BOOLEAN -> random.nextBoolean();
      case INT, DATE -> edge(random.nextInt(), Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
      case LONG, TIMESTAMP, TIMESTAMPTZ ->
          edge(random.nextLong(), Long.MIN_VALUE, Long.MAX_VALUE, -62_200_000_000_000_001L);
      case TIME -> edge((long) random.nextInt(), 0L, 86_400_000_000L, 1L);
      case FLOAT -> edge(random.nextFloat(), Float.NaN, Float.NEGATIVE_INFINITY, -0.0f);
      case DOUBLE -> edge(random.nextDouble(), Double.NaN, Double.POSITIVE_INFINITY, -0.0);
      case UUID -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
      case BYTES -> {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        yield bytes;
      }
      case INTERVAL -> new Interval(random.nextInt(), random.nextInt(), random.nextLong());
      case TEXT_MAP -> throw new IllegalArgumentException();
    };
  }

  @SafeVarargs
  private <T> T edge(T usual, T... edges) {
    return random.nextInt(3) == 0 ? edges[random.nextInt(edges.length)] : usual;
  }

  private String text() {
    return random.nextInt(50) == 0
        ? "x".repeat(random.nextInt(5000))
        : TEXTS[random.nextInt(TEXTS.length)];
  }

  static void write(RowWriter out, List<Field> fields, Map<String, @Nullable Object> row) {
    for (Field field : fields) {
      Object value = row.get(field.name());
      if (value == null) {
        out.nullValue();
      } else if (value instanceof Inexact inexact) {
        out.value().writeString("half written");
        out.retract(inexact.text());
      } else {
        write(out.value(), field.type(), value);
      }
    }
  }

  private static void write(AvroOutput out, FieldType type, Object value) {
    if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Integer number) {
      out.writeInt(number);
    } else if (value instanceof Long number) {
      out.writeLong(number);
    } else if (value instanceof Float number) {
      out.writeFloatBits(Float.floatToRawIntBits(number));
    } else if (value instanceof Double number) {
      out.writeDoubleBits(Double.doubleToRawLongBits(number));
    } else if (value instanceof BigDecimal number) {
      byte[] unscaled = number.unscaledValue().toByteArray();
      out.writeBytes(unscaled, 0, unscaled.length);
    } else if (value instanceof byte[] bytes) {
      out.writeBytes(bytes, 0, bytes.length);
    } else if (value instanceof Interval interval) {
      out.writeInt(interval.months());
      out.writeInt(interval.days());
      out.writeLong(interval.micros());
    } else if (value instanceof List<?> elements) {
      FieldType element = ((FieldType.ArrayOf) type).element();
      if (!elements.isEmpty()) {
        out.beginBlock(elements.size());
        for (Object each : elements) {
          if (each == null) {
            out.writeNull();
          } else {
            out.writePresent();
            write(out, element, each);
          }
        }
      }
      out.endBlocks();
    } else {
      out.writeString((String) value);
    }
  }
}
