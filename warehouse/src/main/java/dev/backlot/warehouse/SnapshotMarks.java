package dev.backlot.warehouse;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marks in an Iceberg table, as text: properties {@code backlot.mark.…} in the summary of
 * snapshots, which say up to where the Sources were read. A table's marks are those of the nearest
 * ancestor of its current snapshot that has any; every commit that sets marks sets all of them.
 * Rewrites never copy marks: a sink's commit may land in between.
 */
public final class SnapshotMarks {
  /** Begins the name of every mark's summary property. */
  public static final String PREFIX = "backlot.mark.";

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotMarks.class);

  private SnapshotMarks() {}

  /** Returns the marks that one snapshot itself carries, by property name. */
  public static Map<String, String> of(Snapshot snapshot) {
    Map<String, String> marks = new TreeMap<>();
    snapshot
        .summary()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX)) {
                marks.put(name, value);
              }
            });
    return marks;
  }

  /** Returns the marks of the first of some snapshots that has any. */
  public static Optional<Map<String, String>> nearest(Iterable<Snapshot> newestFirst) {
    for (Snapshot snapshot : newestFirst) {
      Map<String, String> marks = of(snapshot);
      if (!marks.isEmpty()) {
        return Optional.of(marks);
      }
    }
    return Optional.empty();
  }

  /**
   * Adds marks to an append and commits it, only if the table's marks are still the expected ones:
   * a compare-and-set inside Iceberg's retries.
   *
   * @throws IllegalStateException when another writer has moved the marks
   */
  public static void commit(
      AppendFiles append, String table, Map<String, String> expected, Map<String, String> target) {
    target.forEach(append::set);
    append.validateWith(new UnchangedMarks(table, expected, target));
    try {
      append.commit();
    } catch (UnchangedMarks.AlreadyCommittedException e) {
      LOG.info("A commit to table {} got through although its connection broke", table);
    }
  }

  /**
   * Puts the table's marks into a new snapshot that changes nothing else, when none of its newest
   * snapshots carries them. Call it before old snapshots are let go.
   *
   * @param newest how many snapshots count as newest
   * @return whether a snapshot was made
   * @throws IllegalStateException when a sink moved the marks at the same moment: then its commit
   *     carries them
   */
  public static boolean restamp(Table table, int newest) {
    int age = 0;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      Map<String, String> marks = of(snapshot);
      if (!marks.isEmpty()) {
        if (age < newest) {
          return false;
        }
        commit(table.newAppend(), table.name(), marks, marks);
        return true;
      }
      age++;
    }
    return false;
  }
}
