package dev.backlot.sink.iceberg;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Compares the shape of rows with a table's: names, order and types, without exception. */
final class ShapeCheck {
  private ShapeCheck() {}

  /**
   * Checks that rows fit a table column by column. Writing goes by position, so that a shifted
   * column of the same type would land in the wrong place unnoticed.
   *
   * @throws ProblemException {@code TABLE_SCHEMA_CONFLICT} at the first difference
   */
  static void check(String table, RowType rows, Schema schema) {
    List<RowType.RowField> fields = rows.getFields();
    List<Types.NestedField> columns = schema.columns();
    for (int i = 0; i < Math.max(fields.size(), columns.size()); i++) {
      if (i >= columns.size()) {
        throw conflict(table, "column '%s' of the rows is not in it", fields.get(i).getName());
      }
      if (i >= fields.size()) {
        throw conflict(table, "its column '%s' is not in the rows", columns.get(i).name());
      }
      RowType.RowField field = fields.get(i);
      Types.NestedField column = columns.get(i);
      if (!field.getName().equals(column.name())) {
        throw conflict(
            table,
            "column %d is '%s' in it, and '%s' in the rows",
            i + 1,
            column.name(),
            field.getName());
      }
      if (!fits(field.getType(), column.type())) {
        throw conflict(
            table,
            "column '%s' is %s in it, and %s in the rows",
            column.name(),
            column.type(),
            field.getType());
      }
      if (column.isRequired() && field.getType().isNullable()) {
        throw conflict(table, "column '%s' can't be null in it, but in the rows", column.name());
      }
    }
  }

  private static ProblemException conflict(String table, String cause, Object... values) {
    return new ProblemException(
        ProblemCode.TABLE_SCHEMA_CONFLICT,
        "Cannot write table '%s': %s. Plan the pipeline again."
            .formatted(table, cause.formatted(values)));
  }

  /** Returns whether values of a Flink type are written to an Iceberg type as they are. */
  static boolean fits(LogicalType value, Type column) {
    return switch (value.getTypeRoot()) {
      case BOOLEAN -> column.typeId() == Type.TypeID.BOOLEAN;
      case INTEGER -> column.typeId() == Type.TypeID.INTEGER;
      case BIGINT ->
          column.typeId() == Type.TypeID.LONG
              // Flink's TIME has milliseconds only, so times of day travel as microseconds.
              || column.typeId() == Type.TypeID.TIME;
      case FLOAT -> column.typeId() == Type.TypeID.FLOAT;
      case DOUBLE -> column.typeId() == Type.TypeID.DOUBLE;
      case CHAR, VARCHAR -> column.typeId() == Type.TypeID.STRING;
      case BINARY, VARBINARY -> column.typeId() == Type.TypeID.BINARY;
      case DATE -> column.typeId() == Type.TypeID.DATE;
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          column instanceof Types.TimestampType timestamp && !timestamp.shouldAdjustToUTC();
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          column instanceof Types.TimestampType timestamp && timestamp.shouldAdjustToUTC();
      case DECIMAL ->
          column instanceof Types.DecimalType decimal
              && decimal.precision() == ((DecimalType) value).getPrecision()
              && decimal.scale() == ((DecimalType) value).getScale();
      case ARRAY ->
          column.isListType()
              && fits(((ArrayType) value).getElementType(), column.asListType().elementType());
      case MAP ->
          column.isMapType()
              && fits(((MapType) value).getKeyType(), column.asMapType().keyType())
              && fits(((MapType) value).getValueType(), column.asMapType().valueType());
      case ROW -> column.isStructType() && fits((RowType) value, column.asStructType());
      default -> false;
    };
  }

  private static boolean fits(RowType value, Types.StructType column) {
    List<Types.NestedField> fields = column.fields();
    if (fields.size() != value.getFieldCount()) {
      return false;
    }
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.get(i).name().equals(value.getFieldNames().get(i))
          || !fits(value.getTypeAt(i), fields.get(i).type())) {
        return false;
      }
    }
    return true;
  }
}
