package dev.backlot.sink.iceberg;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows into data files of a table: one file between two {@link #close() closings}, more only
 * where one grows beyond the table's target size. A file exists once it has a row. Files that no
 * commit takes stay behind when a job fails; they are no part of the table. Not thread-safe.
 */
final class RowFiles {
  /** Asking a Parquet file for its length walks its columns, so it isn't done for every row. */
  private static final int ROWS_BETWEEN_LENGTH_CHECKS = 1000;

  private final Table table;
  private final Schema schema;
  private final RowType rows;
  private final int writer;
  private final long targetSize;
  private final String attempt = UUID.randomUUID().toString();
  private final List<DataFile> closed = new ArrayList<>();
  private @Nullable FileAppender<RowData> open;
  private String location = "";
  private int count;
  private int rowsInOpen;

  /**
   * Writes rows of a type with a schema's field ids.
   *
   * @param writer number of the parallel writer, for the files' names
   */
  RowFiles(Table table, Schema schema, RowType rows, int writer) {
    this.table = table;
    this.schema = schema;
    this.rows = rows;
    this.writer = writer;
    this.targetSize =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
  }

  /** Adds a row; its fields stand in the order of the schema's columns. */
  void add(RowData row) throws IOException {
    FileAppender<RowData> appender = open != null ? open : create();
    appender.add(row);
    rowsInOpen++;
    if (rowsInOpen % ROWS_BETWEEN_LENGTH_CHECKS == 0 && appender.length() >= targetSize) {
      finish(appender);
    }
  }

  /** Finishes the open file and returns all files since the last call. */
  List<DataFile> close() throws IOException {
    FileAppender<RowData> appender = open;
    if (appender != null) {
      finish(appender);
    }
    List<DataFile> files = List.copyOf(closed);
    closed.clear();
    return files;
  }

  /** Closes what is open without keeping it. */
  void abandon() throws IOException {
    FileAppender<RowData> appender = open;
    if (appender != null) {
      open = null;
      appender.close();
      table.io().deleteFile(location);
    }
  }

  private FileAppender<RowData> create() throws IOException {
    location =
        table
            .locationProvider()
            .newDataLocation("%05d-%s-%06d.parquet".formatted(writer, attempt, count++));
    OutputFile file = table.io().newOutputFile(location);
    FileAppender<RowData> appender =
        Parquet.write(file)
            .forTable(table)
            .schema(schema)
            .metricsConfig(MetricsConfig.forTable(table))
            .createWriterFunc(message -> ParquetRows.writer(rows, message))
            .build();
    open = appender;
    rowsInOpen = 0;
    return appender;
  }

  private void finish(FileAppender<RowData> appender) throws IOException {
    appender.close();
    open = null;
    closed.add(
        DataFiles.builder(PartitionSpec.unpartitioned())
            .withPath(location)
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(appender.length())
            .withMetrics(appender.metrics())
            .withSplitOffsets(appender.splitOffsets())
            .build());
  }
}
