package dev.backlot.sink.iceberg;

import java.math.BigDecimal;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.ParquetValueWriters;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Binary;
import org.apache.iceberg.shaded.org.apache.parquet.schema.GroupType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;

/**
 * Writes Flink rows as Parquet columns by position, exactly: timestamps and times keep every
 * microsecond up to the limits of 64 bits, which stand for the infinities.
 */
final class ParquetRows {
  private final MessageType message;

  private ParquetRows(MessageType message) {
    this.message = message;
  }

  /** Returns a writer of rows whose fields stand in the order of the file's columns. */
  static ParquetValueWriter<RowData> writer(RowType rows, MessageType message) {
    return new ParquetRows(message).struct(rows, message, List.of());
  }

  private RowWriter struct(RowType rows, GroupType group, List<String> path) {
    List<ParquetValueWriter<?>> writers = new ArrayList<>();
    for (int i = 0; i < group.getFieldCount(); i++) {
      writers.add(optional(rows.getTypeAt(i), group.getType(i), path));
    }
    return new RowWriter(rows, writers);
  }

  private ParquetValueWriter<?> optional(LogicalType value, Type type, List<String> parent) {
    List<String> path = append(parent, type.getName());
    int definition = message.getMaxDefinitionLevel(path.toArray(String[]::new));
    return ParquetValueWriters.option(type, definition, writer(value, type, path));
  }

  private ParquetValueWriter<?> writer(LogicalType value, Type type, List<String> path) {
    return switch (value.getTypeRoot()) {
      case ROW -> struct((RowType) value, type.asGroupType(), path);
      case ARRAY -> list((ArrayType) value, type.asGroupType(), path);
      case MAP -> map((MapType) value, type.asGroupType(), path);
      default -> primitive(value, message.getColumnDescription(path.toArray(String[]::new)));
    };
  }

  private ParquetValueWriter<?> list(ArrayType value, GroupType list, List<String> path) {
    GroupType repeated = list.getType(0).asGroupType();
    List<String> inside = append(path, repeated.getName());
    String[] levels = inside.toArray(String[]::new);
    return new ListWriter<>(
        message.getMaxDefinitionLevel(levels),
        message.getMaxRepetitionLevel(levels),
        optional(value.getElementType(), repeated.getType(0), inside),
        value.getElementType());
  }

  private ParquetValueWriter<?> map(MapType value, GroupType map, List<String> path) {
    GroupType repeated = map.getType(0).asGroupType();
    List<String> inside = append(path, repeated.getName());
    String[] levels = inside.toArray(String[]::new);
    return new EntriesWriter<>(
        message.getMaxDefinitionLevel(levels),
        message.getMaxRepetitionLevel(levels),
        optional(value.getKeyType(), repeated.getType(0), inside),
        optional(value.getValueType(), repeated.getType(1), inside),
        value);
  }

  private static ParquetValueWriter<?> primitive(LogicalType value, ColumnDescriptor column) {
    return switch (value.getTypeRoot()) {
      case BOOLEAN -> ParquetValueWriters.booleans(column);
      case INTEGER, DATE -> ParquetValueWriters.ints(column);
      case BIGINT -> ParquetValueWriters.longs(column);
      case FLOAT -> ParquetValueWriters.floats(column);
      case DOUBLE -> ParquetValueWriters.doubles(column);
      case CHAR, VARCHAR -> new TextWriter(column);
      case BINARY, VARBINARY -> new BytesWriter(column);
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          new TimestampWriter(column);
      case DECIMAL -> decimal((DecimalType) value, column);
      default -> throw new IllegalArgumentException("No Parquet column holds " + value);
    };
  }

  private static ParquetValueWriter<?> decimal(DecimalType type, ColumnDescriptor column) {
    PrimitiveTypeName stored = column.getPrimitiveType().getPrimitiveTypeName();
    return switch (stored) {
      case INT32 -> new IntDecimalWriter(column, type.getScale());
      case INT64 -> new LongDecimalWriter(column, type.getScale());
      case FIXED_LEN_BYTE_ARRAY -> new WideDecimalWriter(column, type.getScale());
      default -> throw new IllegalArgumentException("No decimal is stored as " + stored);
    };
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  private static final class RowWriter extends ParquetValueWriters.StructWriter<RowData> {
    private final RowData.FieldGetter[] getters;

    RowWriter(RowType rows, List<ParquetValueWriter<?>> writers) {
      super(writers);
      getters = new RowData.FieldGetter[writers.size()];
      for (int i = 0; i < getters.length; i++) {
        getters[i] = RowData.createFieldGetter(rows.getTypeAt(i), i);
      }
    }

    @Override
    @SuppressWarnings("NullAway")
    protected Object get(RowData row, int index) {
      return row instanceof GenericRowData generic
          ? generic.getField(index)
          : getters[index].getFieldOrNull(row);
    }
  }

  private static final class TextWriter extends ParquetValueWriters.PrimitiveWriter<StringData> {
    TextWriter(ColumnDescriptor column) {
      super(column);
    }

    @Override
    public void write(int repetitionLevel, StringData value) {
      column.writeBinary(repetitionLevel, binary(value));
    }

    /**
     * Points into the record's own bytes where it can. Parquet copies what it keeps, so that a
     * short text in a dictionary does not hold a record of megabytes.
     */
    private static Binary binary(StringData value) {
      if (value instanceof BinaryStringData text) {
        text.ensureMaterialized();
        MemorySegment[] segments = text.getSegments();
        if (segments.length == 1 && !segments[0].isOffHeap()) {
          return Binary.fromReusedByteArray(
              segments[0].getArray(), text.getOffset(), text.getSizeInBytes());
        }
      }
      return Binary.fromConstantByteArray(value.toBytes());
    }
  }

  private static final class BytesWriter extends ParquetValueWriters.PrimitiveWriter<byte[]> {
    BytesWriter(ColumnDescriptor column) {
      super(column);
    }

    @Override
    public void write(int repetitionLevel, byte[] value) {
      column.writeBinary(repetitionLevel, Binary.fromConstantByteArray(value));
    }
  }

  private static final class TimestampWriter
      extends ParquetValueWriters.PrimitiveWriter<TimestampData> {
    TimestampWriter(ColumnDescriptor column) {
      super(column);
    }

    /**
     * Flink splits microseconds by floor division, so the product can leave the range of long, for
     * the very lowest value only, and the sum then wraps back to it.
     */
    @Override
    public void write(int repetitionLevel, TimestampData value) {
      column.writeLong(
          repetitionLevel, value.getMillisecond() * 1000 + value.getNanoOfMillisecond() / 1000);
    }
  }

  private abstract static class DecimalWriter
      extends ParquetValueWriters.PrimitiveWriter<DecimalData> {
    private final int scale;

    DecimalWriter(ColumnDescriptor column, int scale) {
      super(column);
      this.scale = scale;
    }

    @Override
    public final void write(int repetitionLevel, DecimalData value) {
      if (value.scale() != scale) {
        throw new IllegalArgumentException("No value of scale " + scale + ": " + value);
      }
      writeUnscaled(repetitionLevel, value);
    }

    abstract void writeUnscaled(int repetitionLevel, DecimalData value);
  }

  private static final class IntDecimalWriter extends DecimalWriter {
    IntDecimalWriter(ColumnDescriptor column, int scale) {
      super(column, scale);
    }

    @Override
    void writeUnscaled(int repetitionLevel, DecimalData value) {
      column.writeInteger(repetitionLevel, Math.toIntExact(value.toUnscaledLong()));
    }
  }

  private static final class LongDecimalWriter extends DecimalWriter {
    LongDecimalWriter(ColumnDescriptor column, int scale) {
      super(column, scale);
    }

    @Override
    void writeUnscaled(int repetitionLevel, DecimalData value) {
      column.writeLong(repetitionLevel, value.toUnscaledLong());
    }
  }

  /** Two's complement, big endian, extended to the column's fixed length. */
  private static final class WideDecimalWriter extends DecimalWriter {
    private final byte[] bytes;

    WideDecimalWriter(ColumnDescriptor column, int scale) {
      super(column, scale);
      bytes = new byte[column.getPrimitiveType().getTypeLength()];
    }

    @Override
    void writeUnscaled(int repetitionLevel, DecimalData value) {
      BigDecimal decimal = value.toBigDecimal();
      byte[] digits = decimal.unscaledValue().toByteArray();
      int padding = bytes.length - digits.length;
      Arrays.fill(bytes, 0, padding, (byte) (decimal.signum() < 0 ? -1 : 0));
      System.arraycopy(digits, 0, bytes, padding, digits.length);
      column.writeBinary(repetitionLevel, Binary.fromReusedByteArray(bytes));
    }
  }

  private static final class ListWriter<E>
      extends ParquetValueWriters.RepeatedWriter<ArrayData, E> {
    private final ArrayData.ElementGetter getter;

    ListWriter(
        int definitionLevel, int repetitionLevel, ParquetValueWriter<E> writer, LogicalType type) {
      super(definitionLevel, repetitionLevel, writer);
      getter = ArrayData.createElementGetter(type);
    }

    @Override
    protected Iterator<E> elements(ArrayData list) {
      return new Elements<>(list.size(), i -> element(getter, list, i));
    }
  }

  private static final class EntriesWriter<K, V>
      extends ParquetValueWriters.RepeatedKeyValueWriter<MapData, K, V> {
    private final ArrayData.ElementGetter keys;
    private final ArrayData.ElementGetter values;

    EntriesWriter(
        int definitionLevel,
        int repetitionLevel,
        ParquetValueWriter<K> keyWriter,
        ParquetValueWriter<V> valueWriter,
        MapType type) {
      super(definitionLevel, repetitionLevel, keyWriter, valueWriter);
      keys = ArrayData.createElementGetter(type.getKeyType());
      values = ArrayData.createElementGetter(type.getValueType());
    }

    @Override
    protected Iterator<Map.Entry<K, V>> pairs(MapData map) {
      ArrayData keyArray = map.keyArray();
      ArrayData valueArray = map.valueArray();
      return new Elements<>(
          map.size(),
          i ->
              new SimpleImmutableEntry<>(
                  element(keys, keyArray, i), element(values, valueArray, i)));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T element(ArrayData.ElementGetter getter, ArrayData array, int index) {
    return (T) getter.getElementOrNull(array, index);
  }

  private static final class Elements<T> implements Iterator<T> {
    private final int size;
    private final IntFunction<T> elements;
    private int next;

    Elements(int size, IntFunction<T> elements) {
      this.size = size;
      this.elements = elements;
    }

    @Override
    public boolean hasNext() {
      return next < size;
    }

    @Override
    public T next() {
      if (next >= size) {
        throw new NoSuchElementException();
      }
      return elements.apply(next++);
    }
  }
}
