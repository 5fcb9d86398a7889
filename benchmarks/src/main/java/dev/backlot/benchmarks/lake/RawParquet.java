package dev.backlot.benchmarks.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.data.FlinkParquetReaders;
import org.apache.iceberg.flink.data.FlinkParquetWriters;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;

/**
 * The limit of writing a table: its own rows, held in memory as Flink rows, written by Iceberg's
 * own Parquet writer for Flink under the table's properties, and nothing else.
 */
final class RawParquet {
  private final Table table;
  private final RowType type;
  private final List<RowData> rows;

  private RawParquet(Table table, RowType type, List<RowData> rows) {
    this.table = table;
    this.type = type;
    this.rows = rows;
  }

  /** Reads so many of a table's rows into memory. */
  static RawParquet of(Table table, int count) throws IOException {
    List<RowData> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterable<RowData> file =
            Parquet.read(table.io().newInputFile(task.file().location()))
                .project(table.schema())
                .createReaderFunc(type -> FlinkParquetReaders.buildReader(table.schema(), type))
                .build()) {
          for (RowData row : file) {
            if (rows.size() == count) {
              break;
            }
            rows.add(row);
          }
        }
      }
    }
    if (rows.isEmpty()) {
      throw new IllegalStateException("The table has no rows");
    }
    return new RawParquet(table, FlinkSchemaUtil.convert(table.schema()), rows);
  }

  /** Writes rows, again from the first when they are used up; returns how long it took. */
  long write(long count, int threads, Path directory)
      throws IOException, InterruptedException, ExecutionException {
    Files.createDirectories(directory);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long begin = System.nanoTime();
      List<Future<Long>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Path file = directory.resolve("part-" + i + "-" + begin + ".parquet");
        parts.add(pool.submit(() -> part(count / threads, file)));
      }
      long bytes = 0;
      for (Future<Long> part : parts) {
        bytes += part.get();
      }
      if (bytes == 0) {
        throw new IllegalStateException("Nothing was written");
      }
      return System.nanoTime() - begin;
    } finally {
      pool.shutdownNow();
    }
  }

  private long part(long count, Path file) throws IOException {
    FileAppender<RowData> appender =
        Parquet.write(table.io().newOutputFile(file.toUri().toString()))
            .forTable(table)
            .schema(table.schema())
            .createWriterFunc(message -> FlinkParquetWriters.buildWriter(type, message))
            .build();
    try (appender) {
      int next = 0;
      for (long i = 0; i < count; i++) {
        appender.add(rows.get(next));
        next = next + 1 == rows.size() ? 0 : next + 1;
      }
    }
    long length = appender.length();
    Files.delete(file);
    return length;
  }
}
