package dev.backlot.benchmarks.report;

/**
 * What was asked of a figure.
 *
 * @param wanted the least, or the most when {@code atMost}
 */
public record Bar(String figure, double measured, double wanted, boolean atMost) {
  /** Asks for at least this. */
  public static Bar atLeast(String figure, double measured, double wanted) {
    return new Bar(figure, measured, wanted, false);
  }

  /** Asks for less than this. */
  public static Bar below(String figure, double measured, double wanted) {
    return new Bar(figure, measured, wanted, true);
  }

  /** Returns whether it was reached. */
  public boolean met() {
    return atMost ? measured < wanted : measured >= wanted;
  }
}
