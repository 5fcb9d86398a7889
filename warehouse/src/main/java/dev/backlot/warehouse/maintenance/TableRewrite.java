package dev.backlot.warehouse.maintenance;

import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.DuckColumns;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.maintenance.RewriteAnswer.Group;
import dev.backlot.warehouse.maintenance.RewriteRequest.Column;
import dev.backlot.warehouse.maintenance.RewriteRequest.SystemIds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types;

/**
 * Replaces data files of a table by fewer and better ones, in one commit that happens only if the
 * files are still in the table. Marks are not copied: a sink may commit in between.
 */
final class TableRewrite {
  private static final int COMMIT_ATTEMPTS = 5;

  private final LakeCatalog lake;
  private final RewriteProcess process;
  private final MaintenanceSettings settings;

  TableRewrite(LakeCatalog lake, RewriteProcess process, MaintenanceSettings settings) {
    this.lake = lake;
    this.process = process;
    this.settings = settings;
  }

  /**
   * What was rewritten.
   *
   * @param conflict why nothing was committed, or empty
   */
  record Result(RewriteAnswer answer, long bytes, String conflict) {
    long files() {
      return conflict.isEmpty()
          ? answer.groups().stream().mapToLong(group -> group.files().size()).sum()
          : 0;
    }

    long written() {
      return conflict.isEmpty()
          ? answer.groups().stream().filter(group -> !group.output().isEmpty()).count()
          : 0;
    }

    long dropped() {
      return conflict.isEmpty()
          ? answer.groups().stream().mapToLong(group -> group.rowsIn() - group.rowsOut()).sum()
          : 0;
    }
  }

  /**
   * Rewrites.
   *
   * @param table as of the snapshot that {@code files} are those of
   * @param sets which files become one, by number; empty to look at the whole table and choose
   * @param now deletes that are a grace period older may be dropped with the whole table in view
   */
  Result run(Table table, List<DataFile> files, List<List<Integer>> sets, Instant now)
      throws IOException {
    return run(table, files, sets, List.of(), FillRequest.NONE, now);
  }

  /**
   * Removes rows, from whichever of the table's files have them.
   *
   * @param table as of the snapshot that {@code files} are those of
   */
  Result remove(Table table, List<DataFile> files, List<RowPlace> places, Instant now)
      throws IOException {
    return run(table, files, List.of(), places, FillRequest.NONE, now);
  }

  /**
   * Makes one file of some, with values where rows lacked them; nothing when none lacks one.
   *
   * @param table as of a snapshot that has the files
   */
  Result fill(Table table, List<DataFile> files, FillRequest values, Instant now)
      throws IOException {
    return run(table, files, List.of(), List.of(), values, now);
  }

  private Result run(
      Table table,
      List<DataFile> files,
      List<List<Integer>> sets,
      List<RowPlace> removed,
      FillRequest fill,
      Instant now)
      throws IOException {
    Path scratch = process.newScratch();
    RewriteRequest request = request(table, files, sets, removed, fill, now, scratch);
    Files.createDirectories(Path.of(request.output()).getParent());
    RewriteAnswer answer = process.run(request, scratch);
    return commit(table, files, answer);
  }

  private RewriteRequest request(
      Table table,
      List<DataFile> files,
      List<List<Integer>> sets,
      List<RowPlace> removed,
      FillRequest fill,
      Instant now,
      Path scratch) {
    Schema schema = table.schema();
    Map<String, String> names = DuckColumns.names(lake.shape(table));
    List<Column> columns = new ArrayList<>();
    for (Types.NestedField field : schema.columns()) {
      columns.add(
          new Column(
              field.fieldId(),
              names.getOrDefault(field.name(), field.name()),
              DuckColumns.type(field.type()),
              DuckColumns.fieldIds(field.fieldId(), field.type())));
    }
    String name = "maintained-" + UUID.randomUUID() + "-";
    return new RewriteRequest(
        files.stream().map(file -> LocalFileIO.path(file.location()).toString()).toList(),
        files.stream().map(TableRewrite::size).toList(),
        columns,
        lake.key(table).stream()
            .filter(column -> !column.equals(SystemColumn.SOURCE.column()))
            .map(column -> schema.findField(column).fieldId())
            .toList(),
        lake.order(table) == VersionOrder.TIME,
        sets.isEmpty(),
        sets,
        removed,
        fill,
        ChronoUnit.MICROS.between(Instant.EPOCH, now.minus(settings.grace())),
        systemIds(schema),
        settings.supersededRatio(),
        settings.targetFileBytes(),
        settings.workBytes(),
        LocalFileIO.path(table.locationProvider().newDataLocation(name)).toString(),
        LocalFileIO.path(table.location()).toString(),
        scratch.toString(),
        settings.memoryMegabytes(),
        settings.threads());
  }

  static FileSize size(DataFile file) {
    return new FileSize(file.fileSizeInBytes(), file.recordCount());
  }

  private static SystemIds systemIds(Schema schema) {
    return new SystemIds(
        id(schema, SystemColumn.OP),
        id(schema, SystemColumn.TS),
        id(schema, SystemColumn.SOURCE),
        id(schema, SystemColumn.SOURCE_TS),
        id(schema, SystemColumn.EPOCH),
        id(schema, SystemColumn.PARTITION),
        id(schema, SystemColumn.OFFSET));
  }

  private static int id(Schema schema, SystemColumn column) {
    return schema.findField(column.column()).fieldId();
  }

  private static Result commit(Table table, List<DataFile> files, RewriteAnswer answer)
      throws IOException {
    if (answer.groups().isEmpty()) {
      return new Result(answer, 0, "");
    }
    List<DataFile> added = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
    List<DataFile> replaced = new ArrayList<>();
    for (Group group : answer.groups()) {
      group.files().forEach(number -> replaced.add(files.get(number)));
      if (!group.output().isEmpty()) {
        Path output = Path.of(group.output());
        outputs.add(output);
        added.add(dataFile(table, output, group.rowsOut()));
      }
    }
    try {
      commit(table, replaced, added);
      return new Result(answer, replaced.stream().mapToLong(DataFile::fileSizeInBytes).sum(), "");
    } catch (RuntimeException e) {
      if (!(e instanceof CleanableFailure)) {
        // The commit may have got through: what it did not take is found as orphans.
        throw e;
      }
      for (Path output : outputs) {
        Files.deleteIfExists(output);
      }
      return new Result(answer, 0, String.valueOf(e.getMessage()));
    }
  }

  /** Tries more often than a sink does, whose commits are smaller and so win most races. */
  private static void commit(Table table, List<DataFile> replaced, List<DataFile> added) {
    long base = table.currentSnapshot().snapshotId();
    for (int attempt = 1; ; attempt++) {
      RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(base);
      replaced.forEach(rewrite::deleteFile);
      added.forEach(rewrite::addFile);
      try {
        rewrite.commit();
        return;
      } catch (CommitFailedException e) {
        if (attempt == COMMIT_ATTEMPTS) {
          throw e;
        }
        table.refresh();
      }
    }
  }

  /** Returns where a file that a process has written lies, in the catalog's words. */
  static String location(String output) {
    return "file://" + output;
  }

  /** Describes a new file by its own footer, once it is on disk: the files it replaces will go. */
  private static DataFile dataFile(Table table, Path output, long rows) throws IOException {
    try (FileChannel channel = FileChannel.open(output, StandardOpenOption.READ)) {
      channel.force(true);
    }
    String location = location(output.toString());
    InputFile input = table.io().newInputFile(location);
    DataFile file =
        DataFiles.builder(PartitionSpec.unpartitioned())
            .withPath(location)
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(input.getLength())
            .withMetrics(ParquetUtil.fileMetrics(input, MetricsConfig.forTable(table)))
            .build();
    if (file.recordCount() != rows) {
      throw new IOException(
          "File %s has %d rows instead of %d".formatted(output, file.recordCount(), rows));
    }
    return file;
  }
}
