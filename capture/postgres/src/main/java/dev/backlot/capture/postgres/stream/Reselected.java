package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.type.ColumnCodec;
import dev.backlot.event.RowWriter;
import java.util.Map;

/** Values of a row that were read from its table, by column index. */
final class Reselected {
  /** A value in the copy format. */
  record Value(byte[] bytes, int offset, int length) {}

  private final Map<Integer, Value> values;

  /** Keeps values; a column without one is null. */
  Reselected(Map<Integer, Value> values) {
    this.values = values;
  }

  void write(RowWriter out, int column, ColumnCodec codec) {
    Value value = values.get(column);
    if (value == null) {
      out.nullValue();
    } else {
      TableLog.value(out, codec, value.bytes(), value.offset(), value.length());
    }
  }
}
