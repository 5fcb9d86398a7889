package dev.backlot.checker;

import java.util.List;

/**
 * One way in which the target is not the source. Keys are the key columns' canonical texts, in key
 * order.
 */
public sealed interface Difference {
  /** The source has the key, the target has not. */
  record Missing(List<String> key) implements Difference {}

  /** The target has the key, the source has not. */
  record Extra(List<String> key) implements Difference {}

  /** The target's view has the key more than once. */
  record Repeated(List<String> key, int times) implements Difference {}

  /** Both have the key, but a column's values differ; each value is cut to 200 characters. */
  record Unequal(List<String> key, String column, String source, String target)
      implements Difference {}

  /** The raw table has one event more than once. */
  record Duplicate(String source, long epoch, long partition, long offset, long times)
      implements Difference {}
}
