package dev.backlot.sink.iceberg;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.transport.JobStoppedException;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.SnapshotMarks;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.kafka.common.TopicPartition;

/**
 * The marks in an Iceberg table: properties {@code backlot.mark.<topic>.<partition>} with value
 * {@code <nextOffset>:<generation>} in the summary of snapshots. A table's marks are those of the
 * nearest ancestor of its current snapshot that has any; every commit that sets marks sets all of
 * them. Rewrites never copy marks.
 */
public final class TableMarks {
  /** Begins the name of every mark's summary property. */
  public static final String PREFIX = SnapshotMarks.PREFIX;

  private TableMarks() {}

  /**
   * Returns the marks as of the table object's current snapshot; refresh first for the newest.
   *
   * @return the marks, or empty when no ancestor has any
   */
  public static Optional<Marks> read(Table table) {
    return SnapshotMarks.nearest(SnapshotUtil.currentAncestors(table)).map(TableMarks::parse);
  }

  /** Returns the marks that one snapshot itself carries, if any. */
  public static Optional<Marks> of(Snapshot snapshot) {
    Map<String, String> properties = SnapshotMarks.of(snapshot);
    return properties.isEmpty() ? Optional.empty() : Optional.of(parse(properties));
  }

  private static Marks parse(Map<String, String> properties) {
    Map<TopicPartition, Mark> marks = new HashMap<>();
    properties.forEach(
        (name, value) -> {
          int dot = name.lastIndexOf('.');
          marks.put(
              new TopicPartition(
                  name.substring(PREFIX.length(), dot), Integer.parseInt(name.substring(dot + 1))),
              Mark.parse(value));
        });
    return new Marks(marks);
  }

  /** Returns marks as properties of a snapshot's summary. */
  public static Map<String, String> summary(Marks marks) {
    Map<String, String> properties = new HashMap<>();
    marks
        .byPartition()
        .forEach(
            (partition, mark) ->
                properties.put(
                    PREFIX + partition.topic() + "." + partition.partition(), mark.toString()));
    return properties;
  }

  /**
   * Gives a table the first marks of Sources that it has never seen, in one commit; marks that it
   * has stay. To be called before each deployment, while no job writes the table.
   *
   * <p>A table without rows takes all of {@code initial}. A table with marks of other Sources takes
   * those of the new ones. Does nothing when all marks are there.
   *
   * @param table freshly loaded
   * @param initial where to begin each Source of the pipeline that has no mark yet
   * @return the table's marks afterwards
   * @throws ProblemException {@code TABLE_WITHOUT_MARK} when the table has rows but no marks, or
   *     holds a newer epoch of one of the Sources
   */
  public static Marks initialise(Table table, Marks initial) {
    Optional<Marks> present = read(table);
    if (present.isEmpty() && table.currentSnapshot() != null) {
      throw new ProblemException(ProblemCode.TABLE_WITHOUT_MARK, withoutMark(table.name()));
    }
    Marks before = present.orElse(Marks.NONE);
    Map<TopicPartition, Mark> missing = new HashMap<>(initial.byPartition());
    missing.keySet().removeAll(before.byPartition().keySet());
    if (missing.isEmpty()) {
      return before;
    }
    missing.keySet().forEach(added -> checkEpoch(table.name(), added.topic(), before));
    Marks after = before.with(missing);
    commit(table.newAppend(), table.name(), before, after);
    return after;
  }

  /**
   * Adds marks to an append and commits it, only if the table's marks are still the expected ones.
   */
  static void commit(AppendFiles append, String table, Marks expected, Marks target) {
    SnapshotMarks.commit(append, table, summary(expected), summary(target));
  }

  /**
   * Returns the marks of a table that a job is to resume.
   *
   * @throws JobStoppedException {@code TABLE_WITHOUT_MARK} when it has none
   */
  static Marks require(Table table) {
    return read(table)
        .orElseThrow(
            () ->
                new JobStoppedException(ProblemCode.TABLE_WITHOUT_MARK, withoutMark(table.name())));
  }

  private static String withoutMark(String table) {
    return ("Cannot resume table '%s': no snapshot in its history says up to where its Sources were"
            + " read. Roll it back to a snapshot with backlot.mark properties, or delete the"
            + " pipeline and the table and apply the pipeline again.")
        .formatted(table);
  }

  /**
   * Views show the highest epoch only, so a table may go on with a newer one; with an older one,
   * they would not show what comes.
   */
  private static void checkEpoch(String table, String topic, Marks before) {
    int point = topic.lastIndexOf('.') + 1;
    for (TopicPartition other : before.byPartition().keySet()) {
      if (point > 0
          && other.topic().lastIndexOf('.') + 1 == point
          && other.topic().startsWith(topic.substring(0, point))
          && epoch(other.topic(), point) > epoch(topic, point)) {
        throw new ProblemException(
            ProblemCode.TABLE_WITHOUT_MARK,
            ("Cannot resume table '%s': it holds rows of topic '%s', which is newer than '%s'."
                    + " Delete the pipeline and the table and apply the pipeline again.")
                .formatted(table, other.topic(), topic));
      }
    }
  }

  private static long epoch(String topic, int point) {
    String number = topic.substring(point);
    return number.matches("\\d{1,18}") ? Long.parseLong(number) : 0;
  }
}
