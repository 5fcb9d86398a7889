package dev.backlot.controller.row;

import dev.backlot.warehouse.SnapshotMarks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Since when a table shows a record, by the marks in its snapshots: the first one that is marked
 * behind the record. Snapshots that were let go tell nothing any more.
 */
final class Visibility {
  private final List<Snapshot> oldestFirst = new ArrayList<>();

  Visibility(Table table) {
    SnapshotUtil.currentAncestors(table).forEach(oldestFirst::add);
    Collections.reverse(oldestFirst);
  }

  /**
   * When a record could be seen.
   *
   * @param at exactly, when the snapshot before is still there to tell
   * @param by no later than this, otherwise
   */
  record Seen(Optional<Instant> at, Optional<Instant> by) {
    static final Seen NOT = new Seen(Optional.empty(), Optional.empty());
  }

  Seen of(String topic, int partition, long offset) {
    String name = SnapshotMarks.PREFIX + topic + "." + partition;
    boolean lacked = false;
    for (Snapshot snapshot : oldestFirst) {
      Optional<Long> mark = mark(snapshot, name);
      if (mark.isPresent()) {
        if (mark.get() > offset) {
          Optional<Instant> time = Optional.of(Instant.ofEpochMilli(snapshot.timestampMillis()));
          return lacked ? new Seen(time, Optional.empty()) : new Seen(Optional.empty(), time);
        }
        lacked = true;
      }
    }
    return Seen.NOT;
  }

  /** Returns up to which offset the table is complete; empty without a mark. */
  Optional<Long> mark(String topic, int partition) {
    String name = SnapshotMarks.PREFIX + topic + "." + partition;
    for (int i = oldestFirst.size() - 1; i >= 0; i--) {
      Optional<Long> mark = mark(oldestFirst.get(i), name);
      if (mark.isPresent()) {
        return mark;
      }
    }
    return Optional.empty();
  }

  private static Optional<Long> mark(Snapshot snapshot, String name) {
    return Optional.ofNullable(snapshot.summary().get(name))
        .filter(text -> text.indexOf(':') > 0)
        .map(text -> Long.parseLong(text.substring(0, text.indexOf(':'))));
  }
}
