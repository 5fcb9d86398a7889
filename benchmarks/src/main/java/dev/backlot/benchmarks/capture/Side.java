package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Series;
import dev.backlot.benchmarks.server.Spent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Collects one side's rounds; the first ones, in which code is cold, are left out. */
public final class Side {
  private final String name;
  private final Role role;
  private final List<Double> rates = new ArrayList<>();
  private final List<Double> cpu = new ArrayList<>();
  private final List<Double> postgres = new ArrayList<>();
  private final List<Double> broker = new ArrayList<>();
  private int cold;

  /** Begins a side. */
  public Side(String name, Role role) {
    this(name, role, 1);
  }

  /**
   * Begins a side.
   *
   * @param cold how many rounds are left out
   */
  public Side(String name, Role role, int cold) {
    this.name = name;
    this.role = role;
    this.cold = cold;
  }

  /** Notes a round without CPU time. */
  public void add(double units, long nanos) {
    if (cold-- <= 0) {
      rates.add(units * 1e9 / nanos);
    }
    System.err.printf("    %-40s %,12.0f/s%n", name, units * 1e9 / nanos);
  }

  /** Notes a round. */
  public void add(double units, long nanos, Spent spent) {
    if (cold <= 0) {
      cpu.add(spent.own() / units);
      postgres.add(spent.postgres() / units);
      broker.add(spent.broker() / units);
    }
    add(units, nanos);
    System.err.printf(
        "    %-40s CPU µs each: %.2f, PostgreSQL %.2f, broker %.2f%n",
        "", spent.own() / units, spent.postgres() / units, spent.broker() / units);
  }

  /** Adds to a report what the side cost the servers, if it was measured. */
  public void describe(String comparison, Report report) {
    if (!postgres.isEmpty()) {
      report.figure(
          comparison + ", CPU µs each, " + name,
          String.format(
              Locale.ROOT,
              "its own %.2f, PostgreSQL %.2f, broker %.2f",
              Series.median(cpu),
              Series.median(postgres),
              Series.median(broker)));
    }
  }

  /** Returns what was measured of those sides that were. */
  public static List<Series> series(Side... sides) {
    return Stream.of(sides)
        .filter(side -> !side.rates.isEmpty())
        .map(side -> new Series(side.name, side.role, side.rates, side.cpu))
        .toList();
  }
}
