package dev.backlot.sdk;

import java.util.function.IntFunction;

/** What a step does with its rows. */
public sealed interface Work {
  /**
   * Each row is handled by itself, at once.
   *
   * @param functions makes the function for the rows of an input, by the input's index; called
   *     where the rows are, once per thread
   */
  record PerRow(IntFunction<RowFunction> functions) implements Work {}

  /**
   * Each row is handled by itself, at once, and gives any number of rows of different keys, or
   * fails.
   *
   * @param functions makes the function for the rows of an input, by the input's index; called
   *     where the rows are, once per thread
   */
  record Expanding(IntFunction<RowsFunction> functions) implements Work {}
}
