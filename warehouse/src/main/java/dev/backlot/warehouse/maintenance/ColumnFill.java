package dev.backlot.warehouse.maintenance;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Puts values into columns of the rows that a table has as of a snapshot, where these lack them,
 * beside the table's writers and maintenance. A few files at a time are replaced by one with the
 * same rows, in a commit that happens only if they are still there, and that leaves the marks
 * alone. Doing it again finds nothing left to do. Not thread-safe.
 */
public final class ColumnFill {
  /** A statement names every file, and a commit's files are small. */
  private static final int MOST_FILES = 400;

  private final LakeCatalog lake;
  private final TableName name;
  private final List<String> columns;
  private final MaintenanceSettings settings;
  private final TableRewrite rewrite;

  /** Files that are done, and those that came from a writer since the beginning. */
  private final Set<String> settled = new HashSet<>();

  private Table table;
  private long seen;

  private ColumnFill(
      LakeCatalog lake,
      TableName name,
      Table table,
      List<String> columns,
      MaintenanceSettings settings,
      TableRewrite rewrite) {
    this.lake = lake;
    this.name = name;
    this.table = table;
    this.columns = List.copyOf(columns);
    this.settings = settings;
    this.rewrite = rewrite;
    this.seen = table.currentSnapshot() == null ? -1 : table.currentSnapshot().snapshotId();
  }

  /** Fills tables. Thread-safe. */
  public static final class Workshop {
    private final LakeCatalog lake;
    private final MaintenanceSettings settings;
    private final RewriteProcess process;

    /**
     * Prepares; starts nothing.
     *
     * @param lake closed by the caller, later
     * @param scratch directory for temporary files; its content is deleted
     * @param classpath of rewriting processes, or empty to take it from this one's
     */
    public Workshop(
        LakeCatalog lake, MaintenanceSettings settings, Path scratch, String classpath) {
      this.lake = lake;
      this.settings = settings;
      this.process = new RewriteProcess(scratch, classpath);
    }

    /**
     * Begins with a table as it is now. Its writers know the columns already.
     *
     * @throws ProblemException with NOT_FOUND, or NOT_ALLOWED_NOW when the files are not on a local
     *     disk
     */
    public ColumnFill begin(TableName name, List<String> columns) {
      Table table = lake.load(name);
      Optional<ProblemException> hindrance = hindrance(lake, name, table, columns);
      if (hindrance.isPresent()) {
        throw hindrance.get();
      }
      return new ColumnFill(
          lake, name, table, columns, settings, new TableRewrite(lake, process, settings));
    }

    /** Returns a new directory for one fill's values. */
    public Path newScratch() throws IOException {
      return process.newScratch();
    }
  }

  /**
   * Returns why columns of a table can't be filled here at all, if so: NOT_FOUND for a column that
   * it does not have, NOT_ALLOWED_NOW for a table that no pipeline writes or that is elsewhere.
   */
  public static Optional<ProblemException> hindrance(
      LakeCatalog lake, TableName name, Table table, List<String> columns) {
    if (!TableMaintenance.isOurs(table) || !lake.settings().isLocal()) {
      return Optional.of(
          new ProblemException(
              ProblemCode.NOT_ALLOWED_NOW,
              "Cannot backfill table '"
                  + name
                  + "': no pipeline writes it, or its files are not on a local disk. Have the"
                  + " pipeline write another table, which takes the whole Source."));
    }
    return columns.stream()
        .filter(column -> table.schema().findField(column) == null)
        .findFirst()
        .map(
            column ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot backfill column '"
                        + column
                        + "' of table '"
                        + name
                        + "': the table does not have it yet. Wait until the pipeline is"
                        + " deployed."));
  }

  /**
   * Returns how many rows of a table lack a value of a column, by what its files say of themselves:
   * those that a fill looks at, including the rows that have none by right.
   */
  public static long lacking(Table table, String column) {
    long rows = 0;
    Types.NestedField field = table.schema().findField(column);
    for (DataFile file : files(table)) {
      rows += field == null ? file.recordCount() : lacking(file, field);
    }
    return rows;
  }

  private static long lacking(DataFile file, Types.NestedField field) {
    if (!field.type().isPrimitiveType()) {
      return file.recordCount();
    }
    Map<Integer, Long> nulls = file.nullValueCounts();
    Long count = nulls == null ? null : nulls.get(field.fieldId());
    return count == null ? file.recordCount() : count;
  }

  /** The table as it was when it was last looked at. */
  public Table table() {
    return table;
  }

  /**
   * What is left.
   *
   * @param files that may have rows without a value
   * @param rows in them
   * @param lowestOffset of these rows, if the files say it
   */
  public record Left(List<DataFile> files, long rows, OptionalLong lowestOffset) {
    /** Copies what is mutable. */
    public Left {
      files = List.copyOf(files);
    }

    /** Returns whether there is nothing. */
    public boolean isNothing() {
      return files.isEmpty();
    }
  }

  /**
   * Looks at the table afresh. Files that maintenance has made meanwhile are looked at again.
   *
   * @throws ProblemException with NOT_FOUND when the table or a column is gone
   */
  public Left left() {
    table = lake.load(name);
    for (String column : columns) {
      if (table.schema().findField(column) == null) {
        throw hindrance(lake, name, table, columns).orElseThrow();
      }
    }
    passOverAppended();
    List<DataFile> left = new ArrayList<>();
    for (DataFile file : files(table)) {
      if (!settled.contains(file.location())
          && columns.stream().anyMatch(c -> lacking(file, table.schema().findField(c)) > 0)) {
        left.add(file);
      }
    }
    int offset = table.schema().findField(SystemColumn.OFFSET.column()).fieldId();
    boolean known = left.stream().allMatch(file -> lowest(file, offset).isPresent());
    return new Left(
        left,
        left.stream().mapToLong(DataFile::recordCount).sum(),
        known && !left.isEmpty()
            ? OptionalLong.of(
                left.stream()
                    .mapToLong(file -> lowest(file, offset).orElseThrow())
                    .min()
                    .getAsLong())
            : OptionalLong.empty());
  }

  private static Optional<Long> lowest(DataFile file, int column) {
    Map<Integer, ByteBuffer> bounds = file.lowerBounds();
    return Optional.ofNullable(bounds)
        .map(map -> map.get(column))
        .map(bound -> Conversions.<Long>fromByteBuffer(Types.LongType.get(), bound));
  }

  /**
   * What came of a few files.
   *
   * @param rows in them
   * @param filled rows among them that got a value
   * @param conflict why nothing was committed, or empty; then they are still left
   */
  public record Step(long rows, long filled, String conflict) {}

  /**
   * Fills the first few files of what is left.
   *
   * @param values files with the rows' identity, values and {@code _exact} under the table's field
   *     ids, no row twice
   * @throws IOException when the rewriting process fails
   */
  public Step step(Left left, List<Path> values) throws IOException {
    List<DataFile> files = next(left);
    long rows = files.stream().mapToLong(DataFile::recordCount).sum();
    if (values.isEmpty()) {
      files.forEach(file -> settled.add(file.location()));
      return new Step(rows, 0, "");
    }
    FillRequest request =
        new FillRequest(
            values.stream().map(Path::toString).toList(),
            columns.stream()
                .map(c -> new FillRequest.Column(table.schema().findField(c).fieldId(), c))
                .toList(),
            table.schema().findField(SystemColumn.EXACT.column()).fieldId());
    TableRewrite.Result result = rewrite.fill(table, files, request, Clock.systemUTC().instant());
    if (!result.conflict().isEmpty()) {
      return new Step(rows, 0, result.conflict());
    }
    files.forEach(file -> settled.add(file.location()));
    result.answer().groups().forEach(group -> settled.add(TableRewrite.location(group.output())));
    return new Step(rows, result.answer().filled(), "");
  }

  private List<DataFile> next(Left left) {
    List<FileSize> sizes = left.files().stream().map(TableRewrite::size).toList();
    List<Integer> all = IntStream.range(0, sizes.size()).boxed().toList();
    return PackPlan.fill(sizes, all, settings.targetFileBytes()).get(0).stream()
        .limit(MOST_FILES)
        .map(left.files()::get)
        .toList();
  }

  /** What a writer has appended since the beginning has every value that its record has. */
  private void passOverAppended() {
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      return;
    }
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (snapshot.snapshotId() == seen) {
        break;
      }
      if (DataOperations.APPEND.equals(snapshot.operation())) {
        try {
          snapshot.addedDataFiles(table.io()).forEach(file -> settled.add(file.location()));
        } catch (NotFoundException e) {
          // Its manifests are gone with the snapshot: its files are looked at like any other.
          break;
        }
      }
    }
    seen = current.snapshotId();
  }

  private static List<DataFile> files(Table table) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
