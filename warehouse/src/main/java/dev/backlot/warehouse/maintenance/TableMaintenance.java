package dev.backlot.warehouse.maintenance;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Keeps tables healthy beside their writers. Views answer the same before, during and after; marks
 * stay; queries that run keep their files. Several runs for one table at once do no harm, but one
 * of them works in vain. Thread-safe.
 */
public final class TableMaintenance {
  private static final int REMOVAL_ATTEMPTS = 5;

  private final LakeCatalog lake;
  private final MaintenanceSettings settings;
  private final Clock clock;
  private final TableRewrite rewrite;
  private final UnusedFiles unused;

  /**
   * Prepares maintenance; starts nothing.
   *
   * @param lake closed by the caller, later
   * @param scratch directory for temporary files; its content is deleted
   * @param classpath of rewriting processes, or empty to take it from this one's
   */
  public TableMaintenance(
      LakeCatalog lake,
      FileDeletions deletions,
      MaintenanceSettings settings,
      Path scratch,
      String classpath,
      Clock clock) {
    this.lake = lake;
    this.settings = settings;
    this.clock = clock;
    this.rewrite = new TableRewrite(lake, new RewriteProcess(scratch, classpath), settings);
    this.unused = new UnusedFiles(deletions, settings, clock);
  }

  /**
   * Returns how a table is.
   *
   * @throws ProblemException with NOT_FOUND
   */
  public TableHealth health(TableName name) {
    Table table = lake.load(name);
    return health(table, files(table));
  }

  /**
   * Returns what is worth doing for a table.
   *
   * @throws ProblemException with NOT_FOUND
   */
  public Set<Work> due(TableName name, MaintenanceState state) {
    Table table = lake.load(name);
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot == null || !isOurs(table)) {
      return Set.of();
    }
    List<DataFile> files = files(table);
    Set<Work> due =
        MaintenanceNeed.of(
            health(table, files),
            sizes(files),
            !lake.key(table).isEmpty(),
            Instant.ofEpochMilli(snapshot.timestampMillis()),
            state,
            settings,
            clock.instant());
    if (!lake.settings().isLocal()) {
      // The rewriting process reads local files only.
      due.removeAll(EnumSet.of(Work.PACK, Work.COMPACT));
    }
    return due;
  }

  /**
   * Does some work for a table, and deletes what earlier runs released.
   *
   * @param state as the last run reported it
   * @throws ProblemException with NOT_FOUND, NOT_ALLOWED_NOW when the table is not a pipeline's, or
   *     INTERNAL when rewriting fails; what was done before stays done
   */
  public MaintenanceReport run(TableName name, Set<Work> work, MaintenanceState state) {
    Instant begin = clock.instant();
    Table table = lake.load(name);
    if (!isOurs(table)) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot maintain table '"
              + name
              + "': no pipeline writes it. Maintain it with the tool that does.");
    }
    long deleted = unused.deleteDue(name, table);
    List<DataFile> files = files(table);
    TableHealth before = health(table, files);
    Rewritten rewritten = rewrite(name, table, files, work, state, begin);
    if (work.contains(Work.MANIFESTS) && table.currentSnapshot() != null) {
      table.refresh();
      table.rewriteManifests().clusterBy(file -> "").commit();
    }
    long released = work.contains(Work.EXPIRE) ? unused.expire(name, table) : 0;
    long orphans = work.contains(Work.ORPHANS) ? unused.findOrphans(name, table) : 0;
    table.refresh();
    TableHealth after = health(table, files(table));
    MaintenanceState next = rewritten.state();
    if (work.contains(Work.ORPHANS)) {
      next = new MaintenanceState(next.rowsThatCount(), next.compactedAt(), begin);
    }
    return new MaintenanceReport(
        before,
        after,
        rewritten.result().files(),
        rewritten.result().written(),
        rewritten.result().bytes(),
        rewritten.result().dropped(),
        Math.max(0, before.snapshots() - after.snapshots()),
        released,
        orphans,
        deleted,
        rewritten.result().conflict(),
        next,
        Duration.between(begin, clock.instant()));
  }

  /**
   * Removes rows that no record explains, in one commit beside the table's writers; marks stay.
   * Readers that began before still see them.
   *
   * @return how many rows are gone
   * @throws ProblemException with NOT_FOUND, or NOT_ALLOWED_NOW when the table is not a pipeline's
   *     or its files are not on a local disk, or INTERNAL when it fails or others rewrite the same
   *     files again and again; then nothing is gone
   */
  public long remove(TableName name, List<RowPlace> places) {
    for (int attempt = 1; ; attempt++) {
      Table table = lake.load(name);
      if (!isOurs(table) || !lake.settings().isLocal()) {
        throw new ProblemException(
            ProblemCode.NOT_ALLOWED_NOW,
            "Cannot remove rows from table '"
                + name
                + "': no pipeline writes it, or its files are not on a local disk. Remove them with"
                + " the tool that wrote them.");
      }
      String conflict;
      try {
        TableRewrite.Result result = rewrite.remove(table, files(table), places, clock.instant());
        if (result.conflict().isEmpty()) {
          return result.dropped();
        }
        conflict = result.conflict();
      } catch (IOException e) {
        throw notRemoved(name, String.valueOf(e.getMessage()));
      }
      if (attempt == REMOVAL_ATTEMPTS) {
        throw notRemoved(name, conflict);
      }
    }
  }

  private static ProblemException notRemoved(TableName name, String cause) {
    return new ProblemException(
        ProblemCode.INTERNAL,
        "Cannot remove rows from table '" + name + "': " + cause + ". It is tried again later.");
  }

  /** Whoever made another table decides what its rows mean and how long its snapshots stay. */
  static boolean isOurs(Table table) {
    return table.properties().containsKey(LakeCatalog.PIPELINE_PROPERTY)
        && table.spec().isUnpartitioned();
  }

  private record Rewritten(TableRewrite.Result result, MaintenanceState state) {}

  private Rewritten rewrite(
      TableName name,
      Table table,
      List<DataFile> files,
      Set<Work> work,
      MaintenanceState state,
      Instant now) {
    boolean whole = work.contains(Work.COMPACT) && !lake.key(table).isEmpty();
    // Asked to compact a table without keys, all that can be done is to merge its files.
    boolean force = work.contains(Work.COMPACT);
    List<List<Integer>> sets =
        whole ? List.of() : PackPlan.of(sizes(files), settings.targetFileBytes(), force);
    boolean asked = whole ? !files.isEmpty() : !sets.isEmpty() && hasRewrite(work);
    if (!asked || !lake.settings().isLocal()) {
      return new Rewritten(NOTHING, state);
    }
    try {
      TableRewrite.Result result = rewrite.run(table, files, sets, now);
      long rows = files.stream().mapToLong(DataFile::recordCount).sum();
      MaintenanceState next =
          whole && result.conflict().isEmpty()
              ? new MaintenanceState(
                  Math.max(
                      0, Math.min(rows - result.dropped(), rows - result.answer().superseded())),
                  now,
                  state.sweptAt())
              : state;
      return new Rewritten(result, next);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot maintain table '" + name + "': " + e.getMessage() + ". It is tried again later.",
          e);
    }
  }

  private static final TableRewrite.Result NOTHING =
      new TableRewrite.Result(new RewriteAnswer(List.of(), 0, 0, 0), 0, "");

  private static boolean hasRewrite(Set<Work> work) {
    return work.contains(Work.PACK) || work.contains(Work.COMPACT);
  }

  private static List<FileSize> sizes(List<DataFile> files) {
    return files.stream().map(TableRewrite::size).toList();
  }

  private static List<DataFile> files(Table table) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private TableHealth health(Table table, List<DataFile> files) {
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot == null) {
      return TableHealth.EMPTY;
    }
    return new TableHealth(
        files.stream().mapToLong(DataFile::recordCount).sum(),
        files.size(),
        files.stream()
            .filter(file -> PackPlan.isSmall(file.fileSizeInBytes(), settings.targetFileBytes()))
            .count(),
        files.stream().mapToLong(DataFile::fileSizeInBytes).sum(),
        count(table.snapshots()),
        snapshot.dataManifests(table.io()).stream()
            .filter(manifest -> manifest.hasAddedFiles() || manifest.hasExistingFiles())
            .count(),
        metadataBytes(table));
  }

  private static long count(Iterable<Snapshot> snapshots) {
    long count = 0;
    for (Snapshot ignored : snapshots) {
      count++;
    }
    return count;
  }

  /** A table that is committed to all the time deletes old metadata files within seconds. */
  private static long metadataBytes(Table table) {
    TableOperations operations = ((HasTableOperations) table).operations();
    for (int attempt = 1; ; attempt++) {
      try {
        String location = operations.current().metadataFileLocation();
        return table.io().newInputFile(location).getLength();
      } catch (NotFoundException e) {
        if (attempt == 5) {
          throw e;
        }
        operations.refresh();
      }
    }
  }
}
