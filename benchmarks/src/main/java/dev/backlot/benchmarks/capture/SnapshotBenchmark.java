package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A whole table into Kafka. The product's dump is measured from the request to the last row
 * acknowledged, Debezium's snapshot from its first row in Kafka to its last, binary COPY from the
 * statement to the last byte read and dropped.
 */
public final class SnapshotBenchmark implements Benchmark {
  private static final double BAR = 0.25;
  private static final double PEER_BAR = 4;
  private static final int ROUNDS = 3;

  /** Of the first shape: compilers need some seconds for each process. */
  private static final int COLD_ROUNDS = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public String title() {
    return "a table's snapshot, PostgreSQL to Kafka, beside binary COPY and Debezium";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured("limit", "COPY item TO STDOUT (FORMAT binary) over the socket, dropped");
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers);
      Debezium debezium = scale.peers() ? new Debezium(servers) : null;
      for (Shape shape : Shape.chosen()) {
        int rows = shape.rows(scale.of(500_000, 50_000));
        report.add(measure(servers, ours, debezium, shape, rows, scale.of(ROUNDS, 1), report));
        report.verified(shape.database() + ": every round of every side gave " + rows + " rows");
      }
    }
    return report;
  }

  private static Comparison measure(
      Servers servers,
      OurCapture ours,
      @Nullable Debezium debezium,
      Shape shape,
      int rows,
      int rounds,
      Report report)
      throws Exception {
    System.err.println("  " + shape.database());
    new Workload(servers, shape, rows);
    ours.start();
    String topic = ours.add(shape);
    ours.stop();
    if (debezium != null) {
      debezium.add(shape);
    }
    int cold = shape == Shape.NARROW ? COLD_ROUNDS : 1;
    Side limit = new Side("binary COPY", Role.LIMIT, cold);
    Side our = new Side("Backlot", Role.OURS, cold);
    Side peer = new Side("Debezium 3.6.1", Role.PEER, cold);
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic);
        TopicWatch peerWatch = new TopicWatch(servers.bootstrapServers(), Debezium.topic(shape))) {
      for (int round = 0; round < cold + rounds; round++) {
        Copy.measure(servers, shape, rows, limit);
        ours.start();
        ours.drain(shape);
        dump(servers, ours, shape, watch, rows, our);
        ours.stop();
        if (debezium != null) {
          snapshot(servers, debezium, shape, peerWatch, rows, peer);
        }
      }
      long records = (long) rows * (cold + rounds);
      verify(servers, shape, "Backlot", watch, rows + records, report);
      if (debezium != null) {
        verify(servers, shape, "Debezium", peerWatch, records, report);
      }
    }
    for (Side side : List.of(limit, our, peer)) {
      side.describe("snapshot, " + shape.database(), report);
    }
    return new Comparison(
        "snapshot, " + shape.database(),
        "rows/s",
        Side.series(limit, our, peer),
        OptionalDouble.of(BAR),
        OptionalDouble.of(PEER_BAR));
  }

  private static void verify(
      Servers servers, Shape shape, String side, TopicWatch watch, long records, Report report)
      throws SQLException {
    TopicState.read(watch, shape)
        .check(side, TopicState.ofTable(servers, shape, "item", records, "true"));
    report.verified(
        side
            + ", "
            + shape.database()
            + ": "
            + records
            + " records in all; what is left is the table's rows, by their ids and counters");
  }

  private static void dump(
      Servers servers, OurCapture ours, Shape shape, TopicWatch watch, int rows, Side side) {
    long base = watch.count();
    Spent before = Spent.now(ours.child().process(), servers);
    long begin = System.nanoTime();
    long dumped = ours.dump(shape);
    long nanos = System.nanoTime() - begin;
    Spent spent = Spent.now(ours.child().process(), servers).since(before);
    if (dumped != rows || watch.count() - base != rows) {
      throw new IllegalStateException(
          dumped + " rows dumped, " + (watch.count() - base) + " in Kafka, of " + rows);
    }
    side.add(rows, nanos, spent);
  }

  private static void snapshot(
      Servers servers, Debezium debezium, Shape shape, TopicWatch watch, int rows, Side side) {
    long base = watch.count();
    debezium.snapshot(shape);
    long first = watch.await(base + 1, PATIENCE);
    Spent before = Spent.now(debezium.process(), servers);
    long begin = System.nanoTime();
    long last = watch.await(base + rows, PATIENCE);
    long nanos = System.nanoTime() - begin;
    Spent spent = Spent.now(debezium.process(), servers).since(before);
    debezium.stop();
    if (last != base + rows) {
      throw new IllegalStateException(last - base + " rows in Kafka, of " + rows);
    }
    side.add(last - first, nanos, spent);
  }
}
