package dev.backlot.processors;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import org.apache.flink.table.data.RowData;

/** Reads columns of rows by their place. */
final class RowGetters {
  private RowGetters() {}

  static RowData.FieldGetter getter(Shape shape, int index) {
    int own = shape.fields().size();
    FieldType type =
        index < own ? shape.fields().get(index).type() : SystemColumn.values()[index - own].type();
    return RowData.createFieldGetter(FlinkTypes.logicalType(type), index);
  }
}
