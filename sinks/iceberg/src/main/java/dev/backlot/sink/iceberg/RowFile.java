package dev.backlot.sink.iceberg;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;

/**
 * A Parquet file of rows on a local disk that belongs to no table, with values as they stand in
 * data files. Not thread-safe.
 */
public final class RowFile implements AutoCloseable {
  /** A row group is in memory until it is full. */
  private static final int ROW_GROUP_BYTES = 8 << 20;

  private final Path path;
  private final FileAppender<RowData> appender;
  private long rows;

  /**
   * Begins a file.
   *
   * @param path where nothing is yet
   * @param schema its columns, with their field ids
   * @param type of the rows, whose fields stand in the order of the columns
   * @throws dev.backlot.model.ProblemException {@code TABLE_SCHEMA_CONFLICT} when they don't fit
   */
  public RowFile(Path path, Schema schema, RowType type) throws IOException {
    ShapeCheck.check(path.toString(), type, schema);
    this.path = path;
    this.appender =
        Parquet.write(Files.localOutput(path.toFile()))
            .schema(schema)
            .set(TableProperties.PARQUET_COMPRESSION, "zstd")
            .set(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(ROW_GROUP_BYTES))
            .createWriterFunc(message -> ParquetRows.writer(type, message))
            .build();
  }

  /** Adds a row. */
  public void add(RowData row) {
    appender.add(row);
    rows++;
  }

  /** Returns where it is. */
  public Path path() {
    return path;
  }

  /** Returns how many rows it has. */
  public long rows() {
    return rows;
  }

  /** Finishes the file. */
  @Override
  public void close() throws IOException {
    appender.close();
  }
}
