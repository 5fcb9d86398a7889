package dev.backlot.event.flink;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Makes the closures that write fields: the counterparts of {@link FieldReaders}. */
final class FieldWriters {
  private FieldWriters() {}

  /** Returns what writes values of a type, as they stand in Flink rows. */
  static FieldWriter writer(FieldType type) {
    if (type instanceof FieldType.Simple simple) {
      return simple(simple);
    }
    if (type instanceof FieldType.Decimal) {
      return (value, out) -> bytes(((DecimalData) value).toUnscaledBytes(), out);
    }
    if (type instanceof FieldType.ArrayOf array) {
      return array(array.element());
    }
    return FieldWriters::text;
  }

  private static FieldWriter simple(FieldType.Simple type) {
    return switch (type) {
      case BOOLEAN -> (value, out) -> out.writeBoolean((Boolean) value);
      case INT, DATE -> (value, out) -> out.writeInt((Integer) value);
      case LONG, TIME -> (value, out) -> out.writeLong((Long) value);
      case FLOAT -> (value, out) -> out.writeFloatBits(Float.floatToRawIntBits((Float) value));
      case DOUBLE ->
          (value, out) -> out.writeDoubleBits(Double.doubleToRawLongBits((Double) value));
      case UUID -> FieldWriters::text;
      case BYTES -> (value, out) -> bytes((byte[]) value, out);
      case TIMESTAMP, TIMESTAMPTZ -> (value, out) -> out.writeLong(micros((TimestampData) value));
      case INTERVAL ->
          (value, out) -> {
            RowData interval = (RowData) value;
            out.writeInt(interval.getInt(0));
            out.writeInt(interval.getInt(1));
            out.writeLong(interval.getLong(2));
          };
      case TEXT_MAP -> FieldWriters::textMap;
    };
  }

  private static FieldWriter array(FieldType element) {
    FieldWriter writer = writer(element);
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(FlinkTypes.logicalType(element));
    return (value, out) -> {
      ArrayData array = (ArrayData) value;
      if (array.size() > 0) {
        out.beginBlock(array.size());
        for (int i = 0; i < array.size(); i++) {
          Object item = getter.getElementOrNull(array, i);
          if (item == null) {
            out.writeNull();
          } else {
            out.writePresent();
            writer.write(item, out);
          }
        }
      }
      out.endBlocks();
    };
  }

  private static void textMap(Object value, AvroOutput out) {
    ArrayData keys = ((MapData) value).keyArray();
    ArrayData values = ((MapData) value).valueArray();
    if (keys.size() > 0) {
      out.beginBlock(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        text(keys.getString(i), out);
        if (values.isNullAt(i)) {
          out.writeNull();
        } else {
          out.writePresent();
          text(values.getString(i), out);
        }
      }
    }
    out.endBlocks();
  }

  private static void text(Object value, AvroOutput out) {
    bytes(((StringData) value).toBytes(), out);
  }

  private static void bytes(byte[] value, AvroOutput out) {
    out.writeBytes(value, 0, value.length);
  }

  /** Returns microseconds since 1970, the infinities' limits included. */
  static long micros(TimestampData time) {
    return time.getMillisecond() * 1000 + time.getNanoOfMillisecond() / 1000;
  }
}
