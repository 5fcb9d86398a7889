package dev.backlot.warehouse;

import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.schema.FieldType.TextKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Field types as Iceberg types, and back.
 *
 * <p>Where Iceberg has no word for a type, a table property {@code backlot.column.<name>} says what
 * the column means: {@code uuid}, {@code json}, {@code numeric}, {@code enum:…} over string; {@code
 * time} over long, in microseconds, since Iceberg's time ends before 24:00:00 and Flink's rows hold
 * it in milliseconds only. For an array it describes the elements.
 */
final class IcebergTypes {
  static final String PROPERTY = "backlot.column.";
  private static final String ENUM = "enum:";

  private IcebergTypes() {}

  /** Returns the Iceberg type; nested fields take their ids from {@code nextId}. */
  static Type iceberg(FieldType type, IntSupplier nextId) {
    if (type instanceof Simple simple) {
      return simple(simple, nextId);
    }
    if (type instanceof FieldType.Decimal decimal) {
      return Types.DecimalType.of(decimal.precision(), decimal.scale());
    }
    if (type instanceof FieldType.ArrayOf array) {
      int id = nextId.getAsInt();
      return Types.ListType.ofOptional(id, iceberg(array.element(), nextId));
    }
    return Types.StringType.get();
  }

  private static Type simple(Simple type, IntSupplier nextId) {
    return switch (type) {
      case BOOLEAN -> Types.BooleanType.get();
      case INT -> Types.IntegerType.get();
      case LONG, TIME -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case UUID -> Types.StringType.get();
      case BYTES -> Types.BinaryType.get();
      case DATE -> Types.DateType.get();
      case TIMESTAMP -> Types.TimestampType.withoutZone();
      case TIMESTAMPTZ -> Types.TimestampType.withZone();
      case INTERVAL ->
          Types.StructType.of(
              Types.NestedField.optional(nextId.getAsInt(), "months", Types.IntegerType.get()),
              Types.NestedField.optional(nextId.getAsInt(), "days", Types.IntegerType.get()),
              Types.NestedField.optional(nextId.getAsInt(), "micros", Types.LongType.get()));
      case TEXT_MAP -> {
        int key = nextId.getAsInt();
        yield Types.MapType.ofOptional(
            key, nextId.getAsInt(), Types.StringType.get(), Types.StringType.get());
      }
    };
  }

  /** Returns what the Iceberg type alone does not say, or empty. */
  static Optional<String> meaning(FieldType type) {
    if (type instanceof FieldType.ArrayOf array) {
      return meaning(array.element());
    }
    if (type == Simple.UUID) {
      return Optional.of("uuid");
    }
    if (type == Simple.TIME) {
      return Optional.of("time");
    }
    if (type instanceof Text text && text.kind() != TextKind.PLAIN) {
      return Optional.of(
          switch (text.kind()) {
            case JSON -> "json";
            case NUMERIC -> "numeric";
            default -> ENUM + EnumLabels.write(text.values());
          });
    }
    return Optional.empty();
  }

  /** Returns the field type of an Iceberg column and the meaning its property gives, or empty. */
  static FieldType fieldType(Type type, String meaning) {
    return switch (type.typeId()) {
      case BOOLEAN -> Simple.BOOLEAN;
      case INTEGER -> Simple.INT;
      case LONG -> meaning.equals("time") ? Simple.TIME : Simple.LONG;
      case FLOAT -> Simple.FLOAT;
      case DOUBLE -> Simple.DOUBLE;
      case DATE -> Simple.DATE;
      case TIME -> Simple.TIME;
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC() ? Simple.TIMESTAMPTZ : Simple.TIMESTAMP;
      case BINARY, FIXED -> Simple.BYTES;
      case UUID -> Simple.UUID;
      case STRING -> text(meaning);
      case DECIMAL ->
          new FieldType.Decimal(
              ((Types.DecimalType) type).precision(), ((Types.DecimalType) type).scale());
      case LIST ->
          new FieldType.ArrayOf(fieldType(((Types.ListType) type).elementType(), meaning));
      case MAP -> Simple.TEXT_MAP;
      case STRUCT -> Simple.INTERVAL;
      default -> throw new IllegalArgumentException("No field type for " + type);
    };
  }

  private static FieldType text(String meaning) {
    if (meaning.startsWith(ENUM)) {
      return Text.enumOf(EnumLabels.read(meaning.substring(ENUM.length())));
    }
    return switch (meaning) {
      case "uuid" -> Simple.UUID;
      case "json" -> Text.JSON;
      case "numeric" -> Text.NUMERIC;
      default -> Text.PLAIN;
    };
  }

  /** Returns the properties that describe columns, by property name. */
  static Map<String, String> properties(Map<String, FieldType> columns) {
    Map<String, String> properties = new HashMap<>();
    columns.forEach(
        (name, type) -> meaning(type).ifPresent(text -> properties.put(PROPERTY + name, text)));
    return properties;
  }

  /** Labels of an enum as one text: separated by commas, with {@code \,} and {@code \\} escaped. */
  private static final class EnumLabels {
    static String write(List<String> labels) {
      StringBuilder out = new StringBuilder();
      for (String label : labels) {
        out.append(label.replace("\\", "\\\\").replace(",", "\\,")).append(',');
      }
      return out.toString();
    }

    static List<String> read(String text) {
      List<String> labels = new java.util.ArrayList<>();
      StringBuilder label = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\' && i + 1 < text.length()) {
          label.append(text.charAt(++i));
        } else if (c == ',') {
          labels.add(label.toString());
          label.setLength(0);
        } else {
          label.append(c);
        }
      }
      return labels;
    }
  }
}
