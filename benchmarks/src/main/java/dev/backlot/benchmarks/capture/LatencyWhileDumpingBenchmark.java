package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * From a commit's return to Kafka's acknowledgement of its event, at a thousand a second, while the
 * same table is dumped again and again as fast as it goes, in chunks of the default size; beside
 * the same at rest. Rows of dumps and of commits go through the same partitions.
 */
public final class LatencyWhileDumpingBenchmark implements Benchmark {
  private static final int PER_SECOND = 1_000;
  private static final int ROUNDS = 3;
  private static final double BAR_P99 = 100;

  private long nextId = 100_000_000;

  @Override
  public String title() {
    return "commit to Kafka's acknowledgement at 1,000 events/s while the table is dumped";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    Shape shape = Shape.NARROW;
    int rows = scale.of(1_000_000, 100_000);
    int seconds = scale.of(15, 5);
    report.configured(
        "dumps", "of the table of " + rows + " rows, one after the other, chunks of the default");
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers, "-Dacknowledgements=true");
      new Workload(servers, shape, rows);
      ours.start();
      String topic = ours.add(shape);
      // Warm code of both paths.
      ours.dump(shape);
      commit(servers, scale.of(8, 3));
      List<Commits> rest = new ArrayList<>();
      List<Commits> beside = new ArrayList<>();
      long dumped = 0;
      long nanos = 0;
      for (int round = 0; round < scale.of(ROUNDS, 1); round++) {
        rest.add(commit(servers, seconds));
        ours.beginDumps(shape);
        beside.add(commit(servers, seconds));
        OurCapture.Dumped dumps = ours.endDumps();
        dumped += dumps.rows();
        nanos += dumps.nanos();
      }
      ours.drain(shape);
      Path file = servers.directory().resolve("acknowledged");
      ours.acknowledged(file);
      // One reading of a topic with all those dumps in it.
      List<Commits> all = new ArrayList<>(rest);
      all.addAll(beside);
      List<long[]> nanosOf = AcknowledgedCommits.nanos(servers, topic, file, all);
      Latency calm = latency("at rest", Role.LIMIT, nanosOf.subList(0, rest.size()));
      Latency busy =
          latency("while dumping", Role.OURS, nanosOf.subList(rest.size(), nanosOf.size()));
      report.add(
          new Latencies(
              "commit to acknowledgement while dumping",
              List.of(busy, calm),
              List.of(
                  Bar.below(
                      "commit to acknowledgement while dumping, p99 ms", busy.p99(), BAR_P99))));
      report.figure(
          "dumped meanwhile",
          String.format(Locale.ROOT, "%,d rows at %,.0f rows/s", dumped, dumped * 1e9 / nanos));
      double least = beside.stream().mapToDouble(Commits::rate).min().orElse(0);
      report.figure("rate reached while dumping", Math.round(least) + " commits/s, slowest round");
      report.verified(
          "every commit was acknowledged once, "
              + busy.count()
              + " of them while dumping; dumps' rows are not counted");
    }
    return report;
  }

  private static Latency latency(String side, Role role, List<long[]> rounds) {
    return Latency.of(side, role, AcknowledgedCommits.flat(rounds));
  }

  private Commits commit(Servers servers, int seconds) throws Exception {
    Commits commits = Commits.run(servers, Shape.NARROW, nextId, seconds * PER_SECOND, PER_SECOND);
    nextId += commits.count();
    return commits;
  }
}
