package dev.backlot.benchmarks.report;

import java.util.List;

/**
 * One side's rounds.
 *
 * @param rates units per second, one per round
 * @param cpuMicros CPU time of the side's own process per unit, one per round; empty when it has
 *     none of its own
 */
public record Series(String side, Role role, List<Double> rates, List<Double> cpuMicros) {
  /** Copies what is mutable. */
  public Series {
    rates = List.copyOf(rates);
    cpuMicros = List.copyOf(cpuMicros);
  }

  /** Returns the middle of some values; of an even number the lower one. */
  public static double median(List<Double> values) {
    return values.stream().sorted().toList().get((values.size() - 1) / 2);
  }

  /** Returns the median rate. */
  public double median() {
    return median(rates);
  }
}
