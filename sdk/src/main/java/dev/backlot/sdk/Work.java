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

  /**
   * Rows wait for answers from outside, which are asked for in batches. The step has one input, and
   * its output has the input's fields, followed by those that the answers fill.
   *
   * <p>Order, caching, retries and limits are the engine's; the function only asks.
   *
   * @param batching how the engine asks
   * @param functions opens the function; called where the rows are, once per thread
   */
  record Batched(Batching batching, BatchFunction.Factory functions) implements Work {}
}
