package dev.backlot.benchmarks.micro;

import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Scale;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * {@link HotPaths} under JMH: nanoseconds per row, by themselves and so the least they can cost.
 */
public final class MicroBenchmark implements dev.backlot.benchmarks.report.Benchmark {
  private static final List<String> PATHS = List.of("encode", "decode", "predicate");

  @Override
  public String title() {
    return "hot paths with JMH: pgoutput to Avro, Avro to a row, a predicate";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = new Report();
    int forks = scale.of(2, 1);
    report.configured(
        "JMH",
        forks + " forks, 3 warm-ups and 5 iterations of 1 s, one thread, a row of eight columns");
    Options options =
        new OptionsBuilder()
            .include(HotPaths.class.getName())
            .forks(forks)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(scale.of(5, 2))
            .measurementTime(TimeValue.seconds(1))
            .jvmArgs("-Xmx512m", "-XX:+UseSerialGC")
            .build();
    Collection<RunResult> results = new Runner(options).run();
    for (RunResult result : results) {
      report.figure(
          result.getPrimaryResult().getLabel(),
          String.format(
              Locale.ROOT,
              "%.0f ± %.0f ns per row",
              result.getPrimaryResult().getScore(),
              result.getPrimaryResult().getScoreError()));
    }
    if (results.size() != PATHS.size()) {
      throw new IllegalStateException(results.size() + " of " + PATHS + " ran");
    }
    return report;
  }
}
