package dev.backlot.benchmarks.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured times. Not thread-safe. */
final class Series {
  private final List<Long> nanos = new ArrayList<>();

  void add(long value) {
    nanos.add(value);
  }

  /** Returns the time in milliseconds that a share of all does not exceed. */
  double at(double share) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index)) / 1e6;
  }
}
