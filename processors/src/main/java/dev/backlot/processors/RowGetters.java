package dev.backlot.processors;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import org.apache.flink.table.data.RowData;

/** Reads columns of rows by their place. */
final class RowGetters {
  private RowGetters() {}

  private static FieldType type(Shape shape, int index) {
    int own = shape.fields().size();
    int system = SystemColumn.values().length;
    if (index < own) {
      return shape.fields().get(index).type();
    }
    if (index < own + system) {
      return SystemColumn.values()[index - own].type();
    }
    return index == shape.indexBeforeKnown()
        ? FieldType.Simple.BOOLEAN
        : shape.field(shape.before().get(index - own - system)).orElseThrow().type();
  }

  static RowData.FieldGetter getter(Shape shape, int index) {
    return RowData.createFieldGetter(FlinkTypes.logicalType(type(shape, index)), index);
  }
}
