package dev.backlot.benchmarks.report;

import java.util.List;

/** Latencies of several sides, measured in the same run. */
public record Latencies(String name, List<Latency> sides, List<Bar> bars) {
  /** Copies what is mutable. */
  public Latencies {
    sides = List.copyOf(sides);
    bars = List.copyOf(bars);
  }
}
