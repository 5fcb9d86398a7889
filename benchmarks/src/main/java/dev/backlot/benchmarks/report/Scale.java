package dev.backlot.benchmarks.report;

/**
 * How much is measured.
 *
 * @param quick fewer rounds and smaller ones: to see that it runs, not to quote
 * @param peers whether other solutions are run too; without them to profile the product
 */
public record Scale(boolean quick, boolean peers) {
  /** Returns one of two numbers. */
  public int of(int full, int small) {
    return quick ? small : full;
  }
}
