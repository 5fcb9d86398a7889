package dev.backlot.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Rates of several sides, measured in turns.
 *
 * @param unit what is counted per second
 * @param leastRatio the least of ours over the limit that is asked for; empty when nothing is
 * @param leastPeerRatio the least of ours over a peer that is asked for; empty when nothing is
 */
public record Comparison(
    String name,
    String unit,
    List<Series> series,
    OptionalDouble leastRatio,
    OptionalDouble leastPeerRatio) {
  /** Copies what is mutable. */
  public Comparison {
    series = List.copyOf(series);
  }

  /** Compares with a limit; nothing is asked for beside peers. */
  public Comparison(String name, String unit, List<Series> series, OptionalDouble leastRatio) {
    this(name, unit, series, leastRatio, OptionalDouble.empty());
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

  /** Returns whether the median ratios over the limit and the peers are what was asked for. */
  public List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (Series other : series) {
      OptionalDouble least =
          switch (other.role()) {
            case LIMIT -> leastRatio;
            case PEER -> leastPeerRatio;
            case OURS -> OptionalDouble.empty();
          };
      least.ifPresent(
          wanted ->
              bars.add(
                  Bar.atLeast(
                      name + ": ours / " + other.side(), Series.median(ratios(other)), wanted)));
    }
    return bars;
  }

  private Series side(Role role) {
    return series.stream().filter(s -> s.role() == role).findFirst().orElseThrow();
  }
}
