package dev.backlot.event.flink;

import dev.backlot.event.AvroInput;
import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Makes the closures that read fields. Text refers to the record's bytes instead of a copy. */
final class FieldReaders {
  private static final int LONGEST_LONG = 8;

  private FieldReaders() {}

  /**
   * Returns what reads a value.
   *
   * @param writer the type that was written
   * @param wanted the type that the plan asks for, which accepts the writer's
   */
  static FieldReader reader(FieldType writer, FieldType wanted) {
    if (wanted instanceof FieldType.Text || wanted == FieldType.Simple.UUID) {
      return FieldReaders::text;
    }
    if (wanted instanceof FieldType.Decimal decimal) {
      int precision = decimal.precision();
      int scale = decimal.scale();
      return in -> decimal(in, precision, scale);
    }
    if (wanted instanceof FieldType.ArrayOf array && writer instanceof FieldType.ArrayOf written) {
      FieldReader element = reader(written.element(), array.element());
      return in -> array(in, element);
    }
    return simple((FieldType.Simple) writer, (FieldType.Simple) wanted);
  }

  private static FieldReader simple(FieldType.Simple writer, FieldType.Simple wanted) {
    return switch (wanted) {
      case BOOLEAN -> AvroInput::readBoolean;
      case INT, DATE -> AvroInput::readInt;
      case LONG, TIME -> AvroInput::readLong;
      case FLOAT -> AvroInput::readFloat;
      case DOUBLE ->
          writer == FieldType.Simple.FLOAT ? in -> (double) in.readFloat() : AvroInput::readDouble;
      case UUID -> FieldReaders::text;
      case BYTES -> FieldReaders::bytes;
      case TIMESTAMP, TIMESTAMPTZ -> in -> timestamp(in.readLong());
      case INTERVAL -> in -> GenericRowData.of(in.readInt(), in.readInt(), in.readLong());
      case TEXT_MAP -> in -> new GenericMapData(textMap(in));
    };
  }

  /** Returns what moves past a value. */
  static FieldReader skipper(FieldType writer) {
    if (writer instanceof FieldType.Simple simple) {
      return skipper(simple);
    }
    if (writer instanceof FieldType.ArrayOf array) {
      FieldReader element = optional(skipper(array.element()));
      return in -> {
        for (long n = in.readBlock(); n != 0; n = in.readBlock()) {
          for (long i = 0; i < n; i++) {
            element.read(in);
          }
        }
        return null;
      };
    }
    return FieldReaders::skipBytes;
  }

  private static FieldReader skipper(FieldType.Simple writer) {
    return switch (writer) {
      case BOOLEAN -> skip(1);
      case FLOAT -> skip(4);
      case DOUBLE -> skip(8);
      case INT, LONG, DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
          in -> {
            in.readLong();
            return null;
          };
      case UUID, BYTES -> FieldReaders::skipBytes;
      case INTERVAL ->
          in -> {
            in.readLong();
            in.readLong();
            in.readLong();
            return null;
          };
      case TEXT_MAP ->
          in -> {
            textMap(in);
            return null;
          };
    };
  }

  /** Returns what reads a union with null. */
  static FieldReader optional(FieldReader present) {
    return in -> in.readPresent() ? present.read(in) : null;
  }

  /** Reads a map from text to nullable text. */
  static Map<StringData, @Nullable StringData> textMap(AvroInput in) {
    Map<StringData, @Nullable StringData> map = new HashMap<>();
    for (long n = in.readBlock(); n != 0; n = in.readBlock()) {
      for (long i = 0; i < n; i++) {
        StringData key = text(in);
        map.put(key, in.readPresent() ? text(in) : null);
      }
    }
    return map;
  }

  /**
   * Microseconds since 1970; the long's limits come out of {@code millis * 1000 + micros} again.
   */
  static TimestampData timestamp(long micros) {
    return TimestampData.fromEpochMillis(
        Math.floorDiv(micros, 1000L), Math.floorMod(micros, 1000) * 1000);
  }

  private static StringData text(AvroInput in) {
    int length = in.readLength();
    StringData text = StringData.fromBytes(in.array(), in.position(), length);
    in.skip(length);
    return text;
  }

  private static byte[] bytes(AvroInput in) {
    int length = in.readLength();
    byte[] bytes = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
    in.skip(length);
    return bytes;
  }

  private static DecimalData decimal(AvroInput in, int precision, int scale) {
    int length = in.readLength();
    int at = in.position();
    byte[] array = in.array();
    if (length > LONGEST_LONG || !DecimalData.isCompact(precision) || length == 0) {
      return DecimalData.fromUnscaledBytes(bytes(in, length), precision, scale);
    }
    long unscaled = array[at];
    for (int i = 1; i < length; i++) {
      unscaled = unscaled << 8 | (array[at + i] & 0xFF);
    }
    in.skip(length);
    return DecimalData.fromUnscaledLong(unscaled, precision, scale);
  }

  private static byte[] bytes(AvroInput in, int length) {
    byte[] bytes = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
    in.skip(length);
    return bytes;
  }

  private static GenericArrayData array(AvroInput in, FieldReader element) {
    List<@Nullable Object> elements = new ArrayList<>();
    for (long n = in.readBlock(); n != 0; n = in.readBlock()) {
      for (long i = 0; i < n; i++) {
        elements.add(in.readPresent() ? element.read(in) : null);
      }
    }
    return new GenericArrayData(elements.toArray());
  }

  private static @Nullable Object skipBytes(AvroInput in) {
    in.skip(in.readLength());
    return null;
  }

  private static FieldReader skip(int count) {
    return in -> {
      in.skip(count);
      return null;
    };
  }
}
