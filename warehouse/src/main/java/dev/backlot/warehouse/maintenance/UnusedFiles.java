package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets snapshots go and deletes files, in two steps: what no snapshot needs any more is noted, and
 * deleted when a query that began before can't run any more and still no snapshot needs it.
 */
final class UnusedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(UnusedFiles.class);
  private static final int DELETED_AT_ONCE = 10_000;

  private final FileDeletions deletions;
  private final MaintenanceSettings settings;
  private final Clock clock;

  UnusedFiles(FileDeletions deletions, MaintenanceSettings settings, Clock clock) {
    this.deletions = deletions;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Lets all but the newest snapshots go; the marks are put into a new one first when only an old
   * one has them.
   *
   * @return how many files no snapshot needs any more
   */
  long expire(TableName name, Table table) {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return 0;
    }
    // Half, since commits in between make snapshots that count among the newest.
    if (SnapshotMarks.restamp(table, settings.snapshots() / 2)) {
      LOG.info("Noted again up to where table {} is complete", name);
      table.refresh();
    }
    List<String> released = new ArrayList<>();
    table
        .expireSnapshots()
        .expireOlderThan(clock.millis())
        .retainLast(settings.snapshots())
        .deleteWith(
            location -> {
              synchronized (released) {
                released.add(location);
              }
            })
        .commit();
    deletions.add(name, released, clock.instant().plus(settings.readerGrace()));
    return released.size();
  }

  /**
   * Notes the files below the table's location that are old and that no snapshot needs.
   *
   * @return how many
   */
  long findOrphans(TableName name, Table table) {
    if (!(table.io() instanceof SupportsPrefixOperations io)) {
      return 0;
    }
    Instant oldest = clock.instant().minus(settings.orphanAge());
    List<String> old = new ArrayList<>();
    for (FileInfo file : io.listPrefix(prefix(table))) {
      if (file.createdAtMillis() < oldest.toEpochMilli()) {
        old.add(file.location());
      }
    }
    if (old.isEmpty()) {
      return 0;
    }
    // After listing: what was committed meanwhile is needed.
    table.refresh();
    Set<String> needed = ReferencedFiles.of(table);
    List<String> orphans =
        old.stream()
            .filter(location -> !needed.contains(ReferencedFiles.normal(location)))
            .toList();
    deletions.add(name, orphans, clock.instant().plus(settings.readerGrace()));
    return orphans.size();
  }

  /**
   * Deletes what is noted and due.
   *
   * @return how many files
   */
  long deleteDue(TableName name, Table table) {
    List<String> due = deletions.due(name, clock.instant(), DELETED_AT_ONCE);
    if (due.isEmpty()) {
      return 0;
    }
    table.refresh();
    Set<String> needed = ReferencedFiles.of(table);
    String below = ReferencedFiles.normal(prefix(table));
    long deleted = 0;
    for (String location : due) {
      String file = ReferencedFiles.normal(location);
      if (needed.contains(file) || !file.startsWith(below)) {
        LOG.warn("File {} of table {} is needed after all and stays", location, name);
        continue;
      }
      try {
        table.io().deleteFile(location);
        deleted++;
      } catch (NotFoundException e) {
        LOG.debug("File {} is gone already", location, e);
      }
    }
    deletions.remove(name, due);
    return deleted;
  }

  /** A neighbour's location may begin with this table's name. */
  private static String prefix(Table table) {
    return table.location().endsWith("/") ? table.location() : table.location() + "/";
  }
}
