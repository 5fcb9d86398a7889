package dev.backlot.sdk;

import java.util.function.Consumer;
import org.apache.flink.table.data.RowData;

/**
 * What a processor does with each row of one input where a row can give several, or none, or fail.
 * Made where it runs, used by one thread, in the input's order. Keeps no state between rows. Must
 * not change the row it is given.
 */
@FunctionalInterface
public interface RowsFunction {
  /**
   * Passes on the rows that a row gives. They have its system columns, but for the operation, and
   * different keys.
   *
   * @throws RowFailedException before anything was passed on, when nothing can be made of the row
   */
  void apply(RowData row, Consumer<RowData> out);
}
