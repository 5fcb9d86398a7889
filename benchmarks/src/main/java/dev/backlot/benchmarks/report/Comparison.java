package dev.backlot.benchmarks.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Rates of several sides, measured in turns.
 *
 * @param unit what is counted per second
 * @param leastRatio the least of ours over the limit that is asked for; empty when nothing is
 */
public record Comparison(String name, String unit, List<Series> series, OptionalDouble leastRatio) {
  /** Copies what is mutable. */
  public Comparison {
    series = List.copyOf(series);
  }

  /** Returns the product's side. */
  public Series ours() {
    return side(Role.OURS);
  }

  /** Returns ours over another side's, round by round. */
  public List<Double> ratios(Series other) {
    Series ours = ours();
    return IntStream.range(0, Math.min(ours.rates().size(), other.rates().size()))
        .mapToObj(i -> ours.rates().get(i) / other.rates().get(i))
        .toList();
  }

  /** Returns whether the median ratio over the limit is what was asked for. */
  public List<Bar> bars() {
    if (leastRatio.isEmpty()) {
      return List.of();
    }
    Series limit = side(Role.LIMIT);
    return List.of(
        Bar.atLeast(
            name + ": ours / " + limit.side(),
            Series.median(ratios(limit)),
            leastRatio.getAsDouble()));
  }

  private Series side(Role role) {
    return series.stream().filter(s -> s.role() == role).findFirst().orElseThrow();
  }
}
