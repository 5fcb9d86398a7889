package dev.backlot.benchmarks.report;

import java.util.Arrays;

/** How long something took, many times over, in milliseconds. */
public record Latency(
    String side, Role role, long count, double p50, double p90, double p99, double max) {
  /** Summarizes durations in nanoseconds. */
  public static Latency of(String side, Role role, long[] nanos) {
    if (nanos.length == 0) {
      throw new IllegalStateException("Nothing of " + side + " was measured");
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latency(
        side,
        role,
        sorted.length,
        at(sorted, 0.5),
        at(sorted, 0.9),
        at(sorted, 0.99),
        sorted[sorted.length - 1] / 1e6);
  }

  private static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * (sorted.length - 1)))]
        / 1e6;
  }
}
