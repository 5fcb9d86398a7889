package dev.backlot.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** A report as lines for a console. */
public final class ReportText {
  private ReportText() {}

  /** Returns the lines. */
  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    report
        .configuration()
        .forEach(
            (side, how) -> text.append("  ").append(side).append(": ").append(how).append('\n'));
    report.comparisons().forEach(comparison -> comparison(comparison, text));
    report.latencies().forEach(some -> latencies(some, text));
    report
        .figures()
        .forEach(
            (name, value) ->
                text.append("  ").append(name).append(": ").append(value).append('\n'));
    report.checks().forEach(check -> text.append("  verified: ").append(check).append('\n'));
    report.bars().forEach(bar -> text.append("  ").append(bar(bar)).append('\n'));
    return text.toString();
  }

  /** Returns a bar in one line. */
  public static String bar(Bar bar) {
    return format(
        "%s %s: %s, asked for %s %s",
        bar.met() ? "MET   " : "MISSED",
        bar.figure(),
        number(bar.measured()),
        bar.atMost() ? "less than" : "at least",
        number(bar.wanted()));
  }

  private static void comparison(Comparison comparison, StringBuilder text) {
    text.append(
        format(
            "%n  %-46s %11s %23s %8s %16s%n",
            comparison.name(), comparison.unit(), "least – most", "CPU µs", "ours / it"));
    for (Series series : comparison.series()) {
      List<Double> ratios = comparison.ratios(series);
      text.append(
          format(
              "    %-44s %,11.0f %,11.0f – %,9.0f %8s %16s%n",
              series.side(),
              series.median(),
              least(series.rates()),
              most(series.rates()),
              series.cpuMicros().isEmpty() ? "" : number(Series.median(series.cpuMicros())),
              series.role() == Role.OURS
                  ? ""
                  : format(
                      "%.2f (%.2f–%.2f)", Series.median(ratios), least(ratios), most(ratios))));
    }
  }

  private static void latencies(Latencies latencies, StringBuilder text) {
    text.append(
        format(
            "%n  %-46s %9s %9s %9s %9s %9s%n",
            latencies.name(), "count", "p50 ms", "p90 ms", "p99 ms", "max ms"));
    for (Latency side : latencies.sides()) {
      text.append(
          format(
              "    %-44s %9d %9.2f %9.2f %9.2f %9.1f%n",
              side.side(), side.count(), side.p50(), side.p90(), side.p99(), side.max()));
    }
  }

  private static double least(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
  }

  private static double most(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  /** Returns a number with as many digits as tell something. */
  static String number(double value) {
    return format(
        Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
