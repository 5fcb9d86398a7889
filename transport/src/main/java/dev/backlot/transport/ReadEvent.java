package dev.backlot.transport;

import java.io.Serializable;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * What the reader hands to the operator chained to it.
 *
 * @param row the record's row, or null when it gives none
 * @param partition of the topic
 * @param nextOffset where the reader stands behind this record
 * @param generation the highest generation that a fence has announced so far
 * @param start whether this is no record, but the place where the reader begins
 */
record ReadEvent(
    @Nullable RowData row, int partition, long nextOffset, long generation, boolean start)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
