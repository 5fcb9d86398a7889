package dev.backlot.warehouse;

import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Field types as Iceberg types, and back.
 *
 * <p>Where Iceberg has no word for a type, a table property {@code backlot.column.<name>} says what
 * the column holds, in the schema module's notation: uuid, json, numeric and enums over string;
 * time over long, in microseconds, since Iceberg's time ends before 24:00:00 and Flink's rows hold
 * it in milliseconds only.
 */
final class IcebergTypes {
  static final String PROPERTY = "backlot.column.";

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

  /** Returns the type in the schema module's notation where the Iceberg type alone loses it. */
  static Optional<String> meaning(FieldType type) {
    FieldType readBack = plain(iceberg(type, () -> 0));
    return readBack.equals(type) ? Optional.empty() : Optional.of(type.notation());
  }

  /**
   * Returns the field type of an Iceberg column.
   *
   * @param meaning what the column's property says, or empty; it counts while the Iceberg type is
   *     still the one that it stands for
   */
  static FieldType fieldType(Type type, String meaning) {
    FieldType plain = plain(type);
    if (meaning.isEmpty()) {
      return plain;
    }
    FieldType meant = FieldType.parse(meaning);
    return plain(iceberg(meant, () -> 0)).equals(plain) ? meant : plain;
  }

  private static FieldType plain(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> Simple.BOOLEAN;
      case INTEGER -> Simple.INT;
      case LONG -> Simple.LONG;
      case FLOAT -> Simple.FLOAT;
      case DOUBLE -> Simple.DOUBLE;
      case DATE -> Simple.DATE;
      case TIME -> Simple.TIME;
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC() ? Simple.TIMESTAMPTZ : Simple.TIMESTAMP;
      case BINARY, FIXED -> Simple.BYTES;
      case UUID -> Simple.UUID;
      case STRING -> Text.PLAIN;
      case DECIMAL ->
          new FieldType.Decimal(
              ((Types.DecimalType) type).precision(), ((Types.DecimalType) type).scale());
      case LIST -> new FieldType.ArrayOf(plain(((Types.ListType) type).elementType()));
      case MAP -> Simple.TEXT_MAP;
      case STRUCT -> Simple.INTERVAL;
      // Only tables of others have columns of further types; they are shown, never written.
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
}
