package dev.backlot.benchmarks.report;

/** Measures one part of the product, beside limits and peers where there are any. */
public interface Benchmark {
  /** Returns in one line what is measured. */
  String title();

  /**
   * Measures.
   *
   * @throws IllegalStateException when a side did not do the work that its figure would claim
   */
  Report run(Scale scale) throws Exception;
}
