package dev.backlot.sink.iceberg;

import java.time.Clock;
import java.time.Duration;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets old snapshots of a table go when nobody else does. Maintenance keeps fewer; but a job goes
 * on without the controller, and each snapshot is an entry in the metadata that every commit writes
 * anew.
 *
 * <p>To be called right after a commit of marks only: the current snapshot carries them then, and
 * expiry can't lose them. Not thread-safe.
 */
final class SnapshotRetention {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotRetention.class);
  private static final int COMMITS_BETWEEN = 100;
  private static final int KEPT_AT_LEAST = 500;

  /** Longer than any query that began on an older snapshot is expected to run. */
  private static final Duration AGE = Duration.ofMinutes(10);

  private final Table table;
  private final Clock clock;
  private int commits;

  SnapshotRetention(Table table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  /** Counts a commit, and expires snapshots when enough of them came. */
  void committed() {
    if (++commits < COMMITS_BETWEEN) {
      return;
    }
    commits = 0;
    try {
      table
          .expireSnapshots()
          .expireOlderThan(clock.instant().minus(AGE).toEpochMilli())
          .retainLast(KEPT_AT_LEAST)
          .commit();
    } catch (RuntimeException e) {
      LOG.warn("Old snapshots of table {} stay for now", table.name(), e);
    }
  }
}
