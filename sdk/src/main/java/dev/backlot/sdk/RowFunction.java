package dev.backlot.sdk;

import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * What a processor does with each row of one input. Made where it runs, used by one thread, in the
 * input's order. Keeps no state between rows. Must not change the row it is given, and must not
 * throw for anything that a row of the declared shape can hold.
 */
@FunctionalInterface
public interface RowFunction {
  /** Returns the row to pass on, which may be the one given, or null to drop it. */
  @Nullable RowData apply(RowData row);
}
