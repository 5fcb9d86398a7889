package dev.backlot.warehouse;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Keeps a table's metadata small beside a writer that commits every second: each snapshot makes
 * every later metadata file about a kilobyte longer.
 *
 * <p>Expired snapshots can't be read as of their time any more; their manifest lists and the
 * manifests that only they use are deleted, data files of appends are not. The newest snapshots
 * stay, and with them the table's marks.
 */
public final class SnapshotExpiry {
  /** Snapshots kept by {@link #whenMany}. */
  public static final int KEPT = 300;

  private static final int MANY = 400;

  private SnapshotExpiry() {}

  /**
   * Expires snapshots when there are many: cheap to call after every commit, and about half a
   * second of work each hundredth time. Commits; a concurrent commit is retried inside.
   *
   * @return whether it did
   */
  public static boolean whenMany(Table table) {
    int count = 0;
    for (Snapshot snapshot : table.snapshots()) {
      count += snapshot == null ? 0 : 1;
    }
    if (count <= MANY) {
      return false;
    }
    expire(table, KEPT);
    return true;
  }

  /** Expires all but the newest snapshots. */
  static void expire(Table table, int kept) {
    table
        .expireSnapshots()
        .expireOlderThan(System.currentTimeMillis())
        .retainLast(kept)
        .cleanExpiredFiles(true)
        .commit();
  }
}
