package dev.backlot.processors.graphql;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.Shape;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Reads a row's field as what a request sends: text, a number or a boolean. */
final class RowValues {
  private final FieldType type;
  private final RowData.FieldGetter getter;

  RowValues(Shape shape, String field) {
    Field found = shape.field(field).orElseThrow();
    this.type = found.type();
    this.getter = RowData.createFieldGetter(FlinkTypes.logicalType(type), shape.index(field));
  }

  /** Returns the value; a copy, since rows may point into buffers. */
  @Nullable Object of(RowData row) {
    Object value = getter.getFieldOrNull(row);
    if (value == null
        || value instanceof Integer && type != FieldType.Simple.DATE
        || value instanceof Long && type != FieldType.Simple.TIME
        || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Float number) {
      return Float.isFinite(number) ? (Object) number.doubleValue() : null;
    }
    if (value instanceof Double number) {
      return Double.isFinite(number) ? number : null;
    }
    if (value instanceof DecimalData decimal) {
      return decimal.toBigDecimal();
    }
    if (value instanceof Integer days) {
      return LocalDate.ofEpochDay(days).toString();
    }
    if (value instanceof TimestampData time) {
      return type == FieldType.Simple.TIMESTAMPTZ
          ? time.toInstant().toString()
          : time.toInstant().atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
    }
    if (value instanceof Long micros) {
      return java.time.LocalTime.ofNanoOfDay(Math.min(micros, 86_399_999_999L) * 1000).toString();
    }
    return value.toString();
  }
}
