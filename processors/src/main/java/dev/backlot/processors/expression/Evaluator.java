package dev.backlot.processors.expression;

import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** A compiled expression. Keeps no state, so any thread may use it. */
@FunctionalInterface
interface Evaluator {
  /** Returns the value for a row, of the class that its {@link Kind} names, or null for NULL. */
  @Nullable Object evaluate(RowData row);
}
