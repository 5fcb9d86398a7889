package dev.backlot.warehouse;

import dev.backlot.warehouse.LatestSql.Dialect;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Iceberg columns in DuckDB's words. */
public final class DuckColumns {
  private DuckColumns() {}

  /** Returns the type as DuckDB writes it. */
  public static String type(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> "BOOLEAN";
      case INTEGER -> "INTEGER";
      case LONG -> "BIGINT";
      case FLOAT -> "FLOAT";
      case DOUBLE -> "DOUBLE";
      case DATE -> "DATE";
      case TIME -> "TIME";
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? "TIMESTAMP WITH TIME ZONE"
              : "TIMESTAMP";
      case BINARY, FIXED -> "BLOB";
      case UUID -> "UUID";
      case STRING -> "VARCHAR";
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield "DECIMAL(" + decimal.precision() + ", " + decimal.scale() + ")";
      }
      case LIST -> type(((Types.ListType) type).elementType()) + "[]";
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield "MAP(" + type(map.keyType()) + ", " + type(map.valueType()) + ")";
      }
      case STRUCT -> {
        StringJoiner fields = new StringJoiner(", ", "STRUCT(", ")");
        for (Types.NestedField field : type.asStructType().fields()) {
          fields.add(id(field.name()) + " " + type(field.type()));
        }
        yield fields.toString();
      }
      default -> throw new IllegalArgumentException("DuckDB has no type for " + type);
    };
  }

  /**
   * Returns what DuckDB's {@code FIELD_IDS} says of a column, so that a file carries the ids of the
   * column and of everything inside it.
   */
  public static String fieldIds(int id, Type type) {
    return switch (type.typeId()) {
      case LIST -> {
        Types.ListType list = (Types.ListType) type;
        yield "{__duckdb_field_id: "
            + id
            + ", element: "
            + fieldIds(list.elementId(), list.elementType())
            + "}";
      }
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield "{__duckdb_field_id: "
            + id
            + ", key: "
            + fieldIds(map.keyId(), map.keyType())
            + ", value: "
            + fieldIds(map.valueId(), map.valueType())
            + "}";
      }
      case STRUCT -> {
        StringJoiner fields = new StringJoiner(", ", "{__duckdb_field_id: " + id + ", ", "}");
        for (Types.NestedField field : type.asStructType().fields()) {
          fields.add(id(field.name()) + ": " + fieldIds(field.fieldId(), field.type()));
        }
        yield fields.toString();
      }
      default -> Integer.toString(id);
    };
  }

  /**
   * Returns the columns' names as DuckDB sees them, by their exact names, in order: a name that
   * differs from an earlier one only by case has {@code _2}, {@code _3} behind.
   */
  public static Map<String, String> names(TableShape shape) {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (TableColumn column : shape.columns()) {
      String candidate = column.name();
      for (int i = 2; !taken.add(candidate.toLowerCase(Locale.ROOT)); i++) {
        candidate = column.name() + "_" + i;
      }
      names.put(column.name(), candidate);
    }
    return names;
  }

  private static String id(String name) {
    return Dialect.DUCKDB.id(name);
  }
}
