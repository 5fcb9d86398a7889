package dev.backlot.engine.preview;

import dev.backlot.engine.source.JsonValues;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.Field;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** Rows of a shape as plain JSON values, cut to what a person reads. For one thread. */
final class RowTexts {
  private static final int LONGEST_TEXT = 2_000;
  private static final int LONGEST_LIST = 100;

  private final Shape shape;
  private final RowData.FieldGetter[] getters;
  private boolean trimmed;

  RowTexts(Shape shape) {
    this.shape = shape;
    this.getters = new RowData.FieldGetter[shape.fields().size()];
    for (int i = 0; i < getters.length; i++) {
      getters[i] =
          RowData.createFieldGetter(FlinkTypes.logicalType(shape.fields().get(i).type()), i);
    }
  }

  /** Returns whether anything was cut so far. */
  boolean trimmed() {
    return trimmed;
  }

  char op(RowData row) {
    return (char) row.getString(shape.index(SystemColumn.OP)).toBytes()[0];
  }

  Preview.Row row(RowData row) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < getters.length; i++) {
      Field field = shape.fields().get(i);
      values.put(field.name(), cut(JsonValues.of(getters[i].getFieldOrNull(row), field.type())));
    }
    int exact = shape.index(SystemColumn.EXACT);
    if (!row.isNullAt(exact)) {
      MapData texts = row.getMap(exact);
      for (int i = 0; i < texts.size(); i++) {
        String name = texts.keyArray().getString(i).toString();
        if (values.containsKey(name) && !texts.valueArray().isNullAt(i)) {
          values.put(name, cut(texts.valueArray().getString(i).toString()));
        }
      }
    }
    return new Preview.Row(String.valueOf(op(row)), values);
  }

  private @Nullable Object cut(@Nullable Object value) {
    if (value instanceof String text && text.length() > LONGEST_TEXT) {
      trimmed = true;
      return text.substring(0, LONGEST_TEXT) + "…";
    }
    if (value instanceof List<?> list && list.size() > LONGEST_LIST) {
      trimmed = true;
      return list.subList(0, LONGEST_LIST);
    }
    return value;
  }
}
