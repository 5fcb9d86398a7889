package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import dev.backlot.benchmarks.server.TopicWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The source's side of an audit: a whole table read part by part, beside binary COPY of it; and
 * what audits at their default pace cost the capture of the same table.
 */
public final class AuditReadBenchmark implements Benchmark {
  private static final int ROUNDS = 3;
  private static final int PER_SECOND = 1_000;

  /** As pipelines have it when they say nothing. */
  private static final int DEFAULT_PACE = 20_000;

  /** Of the rate at rest; an audit must cost less than a tenth. */
  private static final double BAR = 0.9;

  private long nextId = 100_000_000;

  @Override
  public String title() {
    return "a table read for an audit, beside binary COPY, and what it costs live capture";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured("audit", "a sum over all columns, parts of at most a million rows");
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers, "-Dacknowledgements=true");
      ours.start();
      for (Shape shape : List.of(Shape.WIDE, Shape.NARROW)) {
        int rows = shape == Shape.NARROW ? scale.of(10_000_000, 50_000) : scale.of(400_000, 8_000);
        Workload workload = new Workload(servers, shape, rows);
        String topic = ours.add(shape);
        report.add(read(servers, ours, shape, rows, scale.of(ROUNDS, 1), report));
        report.verified(shape.database() + ": every round of every side gave " + rows + " rows");
        if (shape == Shape.NARROW) {
          report.add(latencies(servers, ours, topic, scale, report));
          report.add(rates(servers, ours, workload, topic, scale));
        }
      }
    }
    return report;
  }

  private static Comparison read(
      Servers servers, OurCapture ours, Shape shape, int rows, int rounds, Report report)
      throws Exception {
    Side limit = new Side("binary COPY", Role.LIMIT);
    Side our = new Side("audit, no pace", Role.OURS);
    for (int round = 0; round <= rounds; round++) {
      Copy.measure(servers, shape, rows, limit);
      Spent before = Spent.now(ours.child().process(), servers);
      long begin = System.nanoTime();
      long read = ours.audit(shape);
      long nanos = System.nanoTime() - begin;
      Spent spent = Spent.now(ours.child().process(), servers).since(before);
      if (read != rows) {
        throw new IllegalStateException(read + " of " + rows + " rows were read");
      }
      our.add(rows, nanos, spent);
    }
    limit.describe("audit read, " + shape.database(), report);
    our.describe("audit read, " + shape.database(), report);
    return new Comparison(
        "audit read, " + shape.database(),
        "rows/s",
        Side.series(limit, our),
        OptionalDouble.empty());
  }

  private Latencies latencies(
      Servers servers, OurCapture ours, String topic, Scale scale, Report report) throws Exception {
    int seconds = scale.of(20, 4);
    Path file = servers.directory().resolve("acknowledged");
    ours.acknowledged(file);
    commit(servers, scale.of(10, 2));
    List<Commits> rest = new ArrayList<>();
    List<Commits> audited = new ArrayList<>();
    long read = 0;
    for (int round = 0; round < scale.of(ROUNDS, 1); round++) {
      rest.add(commit(servers, seconds));
      ours.beginAudits(Shape.NARROW, DEFAULT_PACE);
      audited.add(commit(servers, seconds));
      read += ours.endAudits();
    }
    ours.drain(Shape.NARROW);
    ours.acknowledged(file);
    report.figure("rows read for audits while 1,000 commits/s were captured", String.valueOf(read));
    Latency atRest =
        Latency.of(
            "at rest",
            Role.LIMIT,
            AcknowledgedCommits.flat(AcknowledgedCommits.nanos(servers, topic, file, rest)));
    Latency beside =
        Latency.of(
            "beside audits",
            Role.OURS,
            AcknowledgedCommits.flat(AcknowledgedCommits.nanos(servers, topic, file, audited)));
    return new Latencies(
        "commit to acknowledgement beside audits", List.of(atRest, beside), List.of());
  }

  private Commits commit(Servers servers, int seconds) throws Exception {
    Commits commits = Commits.run(servers, Shape.NARROW, nextId, seconds * PER_SECOND, PER_SECOND);
    nextId += commits.count();
    return commits;
  }

  private static Comparison rates(
      Servers servers, OurCapture ours, Workload workload, String topic, Scale scale)
      throws Exception {
    int transactions = scale.of(8_000, 200);
    Side rest = new Side("capture at rest", Role.LIMIT);
    Side audited = new Side("capture beside audits", Role.OURS);
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
      for (int round = 0; round <= scale.of(ROUNDS, 1); round++) {
        take(servers, ours, workload, watch, transactions, rest);
        ours.beginAudits(Shape.NARROW, DEFAULT_PACE);
        take(servers, ours, workload, watch, transactions, audited);
        ours.endAudits();
      }
    }
    return new Comparison(
        "streaming beside audits", "events/s", Side.series(rest, audited), OptionalDouble.of(BAR));
  }

  /** A backlog is taken while the capture runs: its read under way begins with it. */
  private static void take(
      Servers servers,
      OurCapture ours,
      Workload workload,
      TopicWatch watch,
      int transactions,
      Side side)
      throws Exception {
    ours.stop();
    workload.run(transactions);
    StreamingBenchmark.Measured taken =
        StreamingBenchmark.take(
            servers,
            watch,
            TopicWatch.PARTITIONS,
            transactions,
            ours.child().process(),
            ours::start);
    side.add(taken.events(), taken.nanos(), taken.spent());
    ours.drain(Shape.NARROW);
  }
}
