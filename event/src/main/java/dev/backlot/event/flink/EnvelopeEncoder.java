package dev.backlot.event.flink;

import dev.backlot.event.AvroOutput;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;

/**
 * Turns rows back into the keys and envelopes of a Source's records: what {@link SourceDecoder}
 * reads. Rows have the schema's fields in its order, then the {@link SystemColumn}s. For one
 * thread.
 */
public final class EnvelopeEncoder {
  private final EnvelopeWriter writer;
  private final List<Field> fields;
  private final RowData.FieldGetter[] getters;
  private final FieldWriter[] writers;
  private final List<Integer> key = new ArrayList<>();

  /**
   * Prepares for a Source.
   *
   * @param keySchemaId the registered id of the key's schema
   * @param valueSchemaId the registered id of the envelope's schema
   */
  public EnvelopeEncoder(RowSchema schema, int keySchemaId, int valueSchemaId) {
    this.writer =
        new EnvelopeWriter(
            schema, keySchemaId, valueSchemaId, new Origin("backlot", "", "", schema.name()));
    this.fields = schema.fields();
    this.getters = new RowData.FieldGetter[fields.size()];
    this.writers = new FieldWriter[fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      getters[i] = RowData.createFieldGetter(FlinkTypes.logicalType(fields.get(i).type()), i);
      writers[i] = FieldWriters.writer(fields.get(i).type());
    }
    schema.keyColumns().forEach(name -> key.add(schema.fieldNames().indexOf(name)));
  }

  /** Returns the operation of a row. */
  public Op op(RowData row) {
    return Op.of((char) row.getString(column(SystemColumn.OP)).toBytes()[0]);
  }

  /** Returns the place of a row's change in the log that it comes from. */
  public Position position(RowData row) {
    return Position.parse(row.getString(column(SystemColumn.SOURCE_POSITION)).toString());
  }

  /** Returns when a row's change was committed, in microseconds since 1970 UTC. */
  public long sourceMicros(RowData row) {
    return FieldWriters.micros(row.getTimestamp(column(SystemColumn.SOURCE_TS), 6));
  }

  /** Returns a row's {@code _ts}, in microseconds since 1970 UTC. */
  public long stampMicros(RowData row) {
    TimestampData stamp = row.getTimestamp(column(SystemColumn.TS), 6);
    return FieldWriters.micros(stamp);
  }

  /** Returns where a system column stands in the rows. */
  public int column(SystemColumn system) {
    return fields.size() + system.ordinal();
  }

  /**
   * Returns the framed key of a row that is no truncation.
   *
   * @throws IllegalStateException when a key column that is never null is null
   */
  public byte[] key(RowData row) {
    Map<String, String> exact = exact(row);
    RowWriter out = writer.beginKey();
    key.forEach(index -> write(row, index, exact, out));
    return writer.endKey();
  }

  /** Returns the framed envelope of a row. */
  public byte[] envelope(RowData row, long nowMicros) {
    Op op = op(row);
    Map<String, String> exact = exact(row);
    writer.begin();
    if (op == Op.DELETE) {
      write(row, exact, writer.before());
      writer.noAfter();
    } else if (op == Op.TRUNCATE) {
      writer.noBefore();
      writer.noAfter();
    } else {
      writer.noBefore();
      write(row, exact, writer.after());
    }
    return writer.end(op, nowMicros, position(row), null, sourceMicros(row));
  }

  private void write(RowData row, Map<String, String> exact, RowWriter out) {
    for (int i = 0; i < getters.length; i++) {
      write(row, i, exact, out);
    }
  }

  private void write(RowData row, int index, Map<String, String> exact, RowWriter out) {
    Object value = getters[index].getFieldOrNull(row);
    String text = exact.get(fields.get(index).name());
    if (text != null) {
      out.inexact(text);
    } else if (value == null) {
      out.nullValue();
    } else {
      AvroOutput bytes = out.value();
      writers[index].write(value, bytes);
    }
  }

  private Map<String, String> exact(RowData row) {
    int column = column(SystemColumn.EXACT);
    if (row.isNullAt(column)) {
      return Map.of();
    }
    MapData map = row.getMap(column);
    ArrayData names = map.keyArray();
    ArrayData texts = map.valueArray();
    Map<String, String> exact = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (!texts.isNullAt(i)) {
        exact.put(names.getString(i).toString(), texts.getString(i).toString());
      }
    }
    return exact;
  }
}
