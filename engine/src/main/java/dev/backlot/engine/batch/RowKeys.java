package dev.backlot.engine.batch;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/** Reads what identifies the entities of a stream. For one thread. */
public final class RowKeys {
  private final List<RowData.FieldGetter> getters = new ArrayList<>();

  /** Reads keys of rows of this shape. */
  public RowKeys(Shape shape) {
    for (String name : shape.key()) {
      boolean source = name.equals(SystemColumn.SOURCE.column());
      int index = source ? shape.index(SystemColumn.SOURCE) : shape.index(name);
      FieldType type = source ? SystemColumn.SOURCE.type() : shape.fields().get(index).type();
      getters.add(RowData.createFieldGetter(FlinkTypes.logicalType(type), index));
    }
  }

  /**
   * Returns the key as a value that equals those of other rows of the entity; null when the stream
   * is append-only, or when the row is of no entity.
   */
  public @Nullable Object of(RowData row) {
    if (getters.isEmpty()) {
      return null;
    }
    List<@Nullable Object> key = new ArrayList<>(getters.size());
    boolean empty = true;
    for (RowData.FieldGetter getter : getters) {
      Object value = getter.getFieldOrNull(row);
      empty &= value == null;
      // The bytes of a row's text may be shared; a string is the key's own.
      key.add(value instanceof StringData ? value.toString() : value);
    }
    return empty ? null : key;
  }
}
