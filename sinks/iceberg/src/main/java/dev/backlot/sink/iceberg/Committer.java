package dev.backlot.sink.iceberg;

import dev.backlot.sink.iceberg.SinkUpdate.Range;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.transport.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;

/**
 * Appends files and moves the marks, in one commit that happens only if nobody else moved them. Any
 * doubt is an exception: the job starts again from what the table says. Not thread-safe.
 */
final class Committer {
  private final Table table;
  private final Clock clock;
  private final Duration progressInterval;
  private final SnapshotRetention retention;
  private final Map<TopicPartition, Progress> reached = new HashMap<>();
  private final List<DataFile> files = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private Marks committed;
  private Marks previousTarget;
  private Instant lastCommit;
  private boolean markPassed;

  /**
   * Continues from the marks that a table has.
   *
   * @param table freshly loaded
   * @param progressInterval least time between commits that only move marks while records keep
   *     coming and none of them gives a row
   */
  Committer(Table table, Clock clock, Duration progressInterval) {
    this.table = table;
    this.clock = clock;
    this.progressInterval = progressInterval;
    this.retention = new SnapshotRetention(table, clock);
    this.committed = TableMarks.require(table);
    this.previousTarget = committed;
    this.lastCommit = clock.instant();
  }

  /** Returns the marks that the table has, as far as this committer knows. */
  Marks committed() {
    return committed;
  }

  /** Takes what a writer or reader has done. */
  void add(SinkUpdate update) {
    if (update instanceof SinkUpdate.Written written) {
      files.addAll(written.files());
      ranges.addAll(written.ranges());
    } else if (update instanceof SinkUpdate.Passed passed) {
      pass(passed.progress());
    }
  }

  private void pass(Progress progress) {
    TopicPartition partition = new TopicPartition(progress.topic(), progress.partition());
    markPassed |= progress.marked();
    Progress before = reached.put(partition, progress);
    long known = before == null ? mark(partition).nextOffset() : before.nextOffset();
    if (progress.from() > known) {
      throw new IllegalStateException(
          "%s was read from offset %d, but table %s has it up to %d only"
              .formatted(partition, progress.from(), table.name(), known));
    }
  }

  /**
   * Commits what came since the last call, to be called at each barrier.
   *
   * <p>With rows: always. Without: as soon as readers stand still or have passed a mark, or after
   * the progress interval, so that a pipeline that drops everything is seen to have caught up
   * within seconds, an idle one makes a snapshot per heartbeat, as soon as a row would be in one,
   * and a busy one makes no more of them than if it had rows.
   *
   * @return whether there was a commit
   */
  boolean commit(boolean last) {
    Marks target = target();
    if (files.isEmpty()) {
      boolean still = target.equals(previousTarget);
      boolean due = !clock.instant().isBefore(lastCommit.plus(progressInterval));
      previousTarget = target;
      if (target.equals(committed) || !(still || due || markPassed || last)) {
        return false;
      }
    }
    check(target);
    table.refresh();
    AppendFiles append = table.newAppend();
    files.forEach(append::appendFile);
    TableMarks.commit(append, table.name(), committed, target);
    committed = target;
    previousTarget = target;
    markPassed = false;
    lastCommit = clock.instant();
    files.clear();
    ranges.clear();
    retention.committed();
    return true;
  }

  private Mark mark(TopicPartition partition) {
    return committed
        .mark(partition.topic(), partition.partition())
        .orElseThrow(
            () -> new IllegalStateException(table.name() + " has no mark for " + partition));
  }

  /** Returns the marks after a commit; a reader that is below the table's mark moves nothing. */
  private Marks target() {
    Map<TopicPartition, Mark> moved = new HashMap<>();
    reached.forEach(
        (partition, progress) -> {
          if (progress.nextOffset() > mark(partition).nextOffset()) {
            moved.put(partition, new Mark(progress.nextOffset(), progress.generation()));
          }
        });
    return moved.isEmpty() ? committed : committed.with(moved);
  }

  private void check(Marks target) {
    for (Range range : ranges) {
      TopicPartition partition = new TopicPartition(range.topic(), range.partition());
      long from = mark(partition).nextOffset();
      long to = target.mark(range.topic(), range.partition()).orElseThrow().nextOffset();
      if (range.lowest() < from || range.highest() >= to) {
        throw new IllegalStateException(
            "Rows %d to %d of %s do not lie between table %s's marks %d and %d"
                .formatted(range.lowest(), range.highest(), partition, table.name(), from, to));
      }
    }
  }
}
