package dev.backlot.transport;

import java.io.Serializable;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * What a reader hands to the operator chained to it.
 *
 * @param row the record's row, or null when it gives none
 * @param failure why the record gives no row although it should, or null
 * @param replay the letter that the record carries, or null when it is a Source's record
 * @param partition of the topic
 * @param nextOffset where the reader stands behind this record
 * @param generation the highest generation that a fence has announced so far
 * @param start whether this is no record, but the place where the reader begins
 * @param mark whether the record is a mark
 */
record ReadEvent(
    @Nullable RowData row,
    @Nullable DeadLetter failure,
    @Nullable Letter replay,
    int partition,
    long nextOffset,
    long generation,
    boolean start,
    boolean mark)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static ReadEvent of(@Nullable RowData row, int partition, long nextOffset, long generation) {
    return new ReadEvent(row, null, null, partition, nextOffset, generation, false, false);
  }

  static ReadEvent mark(int partition, long nextOffset, long generation) {
    return new ReadEvent(null, null, null, partition, nextOffset, generation, false, true);
  }

  static ReadEvent failed(DeadLetter failure, int partition, long nextOffset, long generation) {
    return new ReadEvent(null, failure, null, partition, nextOffset, generation, false, false);
  }

  static ReadEvent replayed(Letter letter, int partition, long nextOffset) {
    return new ReadEvent(null, null, letter, partition, nextOffset, 0, false, false);
  }

  static ReadEvent start(int partition, Mark mark) {
    return new ReadEvent(
        null, null, null, partition, mark.nextOffset(), mark.generation(), true, false);
  }
}
