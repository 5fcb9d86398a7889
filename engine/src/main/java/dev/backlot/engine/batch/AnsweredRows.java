package dev.backlot.engine.batch;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.Batching;
import dev.backlot.sdk.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Makes the rows that leave a batched step: the input's fields, the answer's, system columns. */
final class AnsweredRows {
  private static final StringData DELETE = StringData.fromString("d");

  private final Shape input;
  private final int added;
  private final Batching.Missing missing;
  private final RowData.FieldGetter[] getters;
  private final boolean[] ofKey;

  AnsweredRows(Shape input, Shape output, Batching.Missing missing) {
    this.input = input;
    this.added = output.fields().size() - input.fields().size();
    this.missing = missing;
    // What rows say of the time before their change goes no further.
    int columns = input.fields().size() + SystemColumn.values().length;
    this.getters = new RowData.FieldGetter[columns];
    this.ofKey = new boolean[input.fields().size()];
    Set<String> key = new HashSet<>(input.keyFields());
    for (int i = 0; i < getters.length; i++) {
      int own = input.fields().size();
      FieldType type =
          i < own ? input.fields().get(i).type() : SystemColumn.values()[i - own].type();
      getters[i] = RowData.createFieldGetter(FlinkTypes.logicalType(type), i);
      if (i < own) {
        ofKey[i] = key.contains(input.fields().get(i).name());
      }
    }
  }

  /** Returns the letter of a row's operation. */
  char op(RowData row) {
    return (char) row.getString(input.index(SystemColumn.OP)).toBytes()[0];
  }

  /** Returns when the last of a row's change and its capture was; microseconds. */
  long changedMicros(RowData row) {
    return Math.max(micros(row, SystemColumn.SOURCE_TS), micros(row, SystemColumn.TS));
  }

  private long micros(RowData row, SystemColumn column) {
    int index = input.index(column);
    if (row.isNullAt(index)) {
      return 0;
    }
    TimestampData time = row.getTimestamp(index, 6);
    return time.getMillisecond() * 1000 + time.getNanoOfMillisecond() / 1000;
  }

  /**
   * Returns the row to emit.
   *
   * @param answer what was found, or null for a row that needs none
   * @param stamp its {@code _ts}, in microseconds
   */
  RowData row(RowData row, @Nullable Answer answer, long stamp) {
    if (answer instanceof Answer.Found found) {
      return made(row, found.values(), false, stamp);
    }
    boolean deletes = answer instanceof Answer.Missing && missing == Batching.Missing.DELETE;
    return made(row, List.of(), deletes, stamp);
  }

  private RowData made(RowData row, List<@Nullable Object> values, boolean deletes, long stamp) {
    int own = input.fields().size();
    GenericRowData made = new GenericRowData(row.getRowKind(), getters.length + added);
    for (int i = 0; i < own; i++) {
      if (!deletes || ofKey[i]) {
        made.setField(i, getters[i].getFieldOrNull(row));
      }
    }
    for (int i = 0; i < values.size(); i++) {
      made.setField(own + i, values.get(i));
    }
    for (int i = own; i < getters.length; i++) {
      made.setField(i + added, getters[i].getFieldOrNull(row));
    }
    int system = own + added;
    made.setField(
        system + SystemColumn.TS.ordinal(),
        TimestampData.fromEpochMillis(
            Math.floorDiv(stamp, 1000), (int) Math.floorMod(stamp, 1000) * 1000));
    if (deletes) {
      made.setField(system + SystemColumn.OP.ordinal(), DELETE);
    }
    return made;
  }
}
