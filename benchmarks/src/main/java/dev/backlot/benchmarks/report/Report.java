package dev.backlot.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one benchmark found. Filled by one thread. */
public final class Report {
  private final Map<String, String> configuration = new LinkedHashMap<>();
  private final List<Comparison> comparisons = new ArrayList<>();
  private final List<Latencies> latencies = new ArrayList<>();
  private final List<Bar> bars = new ArrayList<>();
  private final Map<String, String> figures = new LinkedHashMap<>();
  private final List<String> checks = new ArrayList<>();

  /** Says how a side was set up. */
  public Report configured(String side, String how) {
    configuration.put(side, how);
    return this;
  }

  /** Adds a comparison with its bar. */
  public void add(Comparison comparison) {
    comparisons.add(comparison);
    bars.addAll(comparison.bars());
  }

  /** Adds latencies with their bars. */
  public void add(Latencies some) {
    latencies.add(some);
    bars.addAll(some.bars());
  }

  /** Adds a bar of its own. */
  public void add(Bar bar) {
    bars.add(bar);
  }

  /** Adds a figure that is compared with nothing. */
  public void figure(String name, String value) {
    figures.put(name, value);
  }

  /** Says what was verified: that a side did its work. */
  public void verified(String what) {
    checks.add(what);
  }

  public Map<String, String> configuration() {
    return new LinkedHashMap<>(configuration);
  }

  public List<Comparison> comparisons() {
    return List.copyOf(comparisons);
  }

  public List<Latencies> latencies() {
    return List.copyOf(latencies);
  }

  public List<Bar> bars() {
    return List.copyOf(bars);
  }

  public Map<String, String> figures() {
    return new LinkedHashMap<>(figures);
  }

  public List<String> checks() {
    return List.copyOf(checks);
  }
}
