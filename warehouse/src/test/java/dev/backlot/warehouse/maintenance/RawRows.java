package dev.backlot.warehouse.maintenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.data.parquet.InternalWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Rows as Iceberg keeps them: microseconds, days, unscaled digits, bits of floating numbers. */
record RawRows(Table table) {
  /** Appends rows as one file; values by column name in Iceberg's internal representation. */
  void append(List<Map<String, Object>> rows) {
    Schema schema = table.schema();
    try {
      DataWriter<StructLike> writer =
          Parquet.writeData(
                  table
                      .io()
                      .newOutputFile(
                          table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet")))
              .forTable(table)
              .createWriterFunc(message -> InternalWriter.createWriter(schema, message))
              .build();
      try (writer) {
        for (Map<String, Object> row : rows) {
          GenericRecord holder = GenericRecord.create(schema);
          row.forEach(holder::setField);
          writer.write(holder);
        }
      }
      table.newAppend().appendFile(writer.toDataFile()).commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all rows of all files of the current snapshot as text, sorted. */
  List<String> read() {
    table.refresh();
    Schema schema = table.schema();
    List<String> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterable<StructLike> read =
            Parquet.read(table.io().newInputFile(task.file().location()))
                .project(schema)
                .createReaderFunc(message -> InternalReader.create(schema, message))
                .build()) {
          read.forEach(row -> rows.add(text(schema.asStruct(), row)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows.stream().sorted().toList();
  }

  private static String text(Type type, Object value) {
    if (value == null) {
      return "null";
    }
    return switch (type.typeId()) {
      case FLOAT -> Integer.toHexString(Float.floatToRawIntBits((Float) value));
      case DOUBLE -> Long.toHexString(Double.doubleToRawLongBits((Double) value));
      case BINARY -> hex((ByteBuffer) value);
      case LIST -> {
        List<String> elements = new ArrayList<>();
        ((List<?>) value)
            .forEach(element -> elements.add(text(((Types.ListType) type).elementType(), element)));
        yield elements.toString();
      }
      case MAP -> new TreeMap<>((Map<?, ?>) value).toString();
      case STRUCT -> {
        List<String> fields = new ArrayList<>();
        List<Types.NestedField> nested = type.asStructType().fields();
        for (int i = 0; i < nested.size(); i++) {
          fields.add(text(nested.get(i).type(), ((StructLike) value).get(i, Object.class)));
        }
        yield fields.toString();
      }
      default -> value.toString();
    };
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }
}
