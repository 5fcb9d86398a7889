package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.report.Series;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A backlog of committed changes into Kafka. Every round writes one, then each side takes the same
 * one, alone on the machine: from the first record in Kafka to the last acknowledged.
 */
public final class StreamingBenchmark implements Benchmark {
  private static final double BAR = 0.35;
  private static final double PEER_BAR = 3.5;

  /** Microseconds of the worker process for an event of a narrow table. */
  private static final double CPU_BAR = 6;

  private static final int ROUNDS = 3;

  /** Of the first shape: compilers need some seconds for each process. */
  private static final int COLD_ROUNDS = 2;

  private static final int FIRST_ROWS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What a side has taken. */
  record Measured(double events, long nanos, Spent spent) {}

  @Override
  public String title() {
    return "streaming PostgreSQL to Kafka, beside server-side decoding and Debezium";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured(
        "limit",
        "count(*) over pg_logical_slot_peek_binary_changes of the same log, binary values, in the"
            + " server's memory");
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers);
      Debezium debezium = scale.peers() ? new Debezium(servers) : null;
      for (Shape shape : Shape.chosen()) {
        int transactions = shape.rows(scale.of(300_000, 40_000)) / 100;
        report.add(
            measure(servers, ours, debezium, shape, transactions, scale.of(ROUNDS, 1), report));
      }
    }
    return report;
  }

  private static Comparison measure(
      Servers servers,
      OurCapture ours,
      @Nullable Debezium debezium,
      Shape shape,
      int transactions,
      int rounds,
      Report report)
      throws Exception {
    System.err.println("  " + shape.database());
    Workload workload = new Workload(servers, shape, FIRST_ROWS);
    ours.start();
    String topic = ours.add(shape);
    ours.stop();
    if (debezium != null) {
      debezium.add(shape);
      debezium.stream(shape);
      awaitSlot(servers, shape);
      debezium.stop();
    }
    int cold = shape == Shape.NARROW ? COLD_ROUNDS : 1;
    Side limit = new Side("server-side decoding", Role.LIMIT, cold);
    Side our = new Side("Backlot", Role.OURS, cold);
    Side peer = new Side("Debezium 3.6.1", Role.PEER, cold);
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic);
        TopicWatch peerWatch = new TopicWatch(servers.bootstrapServers(), Debezium.topic(shape))) {
      for (int round = 0; round < cold + rounds; round++) {
        servers.execute(
            shape.database(),
            "SELECT pg_create_logical_replication_slot('limit', 'pgoutput', false)");
        workload.run(transactions);
        int changes = transactions * Workload.CHANGES_PER_TRANSACTION;
        limit.add(changes, decode(servers, shape, changes, transactions));
        servers.execute(shape.database(), "SELECT pg_drop_replication_slot('limit')");
        // A new owner begins with a fence in every partition.
        Measured taken =
            take(
                servers,
                watch,
                TopicWatch.PARTITIONS,
                transactions,
                ours.child().process(),
                ours::start);
        ours.stop();
        our.add(taken.events, taken.nanos, taken.spent);
        if (debezium != null) {
          taken =
              take(
                  servers,
                  peerWatch,
                  0,
                  transactions,
                  debezium.process(),
                  () -> debezium.stream(shape));
          debezium.stop();
          peer.add(taken.events, taken.nanos, taken.spent);
        }
      }
      our.describe("streaming, " + shape.database(), report);
      peer.describe("streaming, " + shape.database(), report);
      long records = (long) (cold + rounds) * transactions * Workload.RECORDS_PER_TRANSACTION;
      verify(report, servers, shape, "Backlot", watch, FIRST_ROWS + records, "true");
      if (debezium != null) {
        // It made no snapshot: of the first rows it knows those that the first transaction changed.
        verify(
            report,
            servers,
            shape,
            "Debezium",
            peerWatch,
            records,
            "id > " + FIRST_ROWS + " OR id BETWEEN 951 AND 990");
      }
    }
    Comparison comparison =
        new Comparison(
            "streaming, " + shape.database(),
            "events/s",
            Side.series(limit, our, peer),
            OptionalDouble.of(BAR),
            OptionalDouble.of(PEER_BAR));
    if (shape == Shape.NARROW) {
      report.add(
          Bar.below(
              "streaming, narrow: CPU µs of the worker process per event",
              Series.median(comparison.ours().cpuMicros()),
              CPU_BAR));
    }
    return comparison;
  }

  /** Starts a side and measures what it takes of a backlog. */
  static Measured take(
      Servers servers,
      TopicWatch watch,
      int fences,
      int transactions,
      ProcessHandle process,
      Runnable start) {
    long base = watch.count() + fences;
    long end = base + (long) transactions * Workload.RECORDS_PER_TRANSACTION;
    start.run();
    long first = watch.await(base + 1, PATIENCE);
    Spent before = Spent.now(process, servers);
    long begin = System.nanoTime();
    long last = watch.await(end, PATIENCE);
    long nanos = System.nanoTime() - begin;
    Spent spent = Spent.now(process, servers).since(before);
    double events =
        (double) (last - first)
            * Workload.CHANGES_PER_TRANSACTION
            / Workload.RECORDS_PER_TRANSACTION;
    return new Measured(events, nanos, spent);
  }

  private static void verify(
      Report report,
      Servers servers,
      Shape shape,
      String side,
      TopicWatch watch,
      long records,
      String condition)
      throws Exception {
    TopicState state =
        TopicState.read(watch, shape)
            .check(side, TopicState.ofTable(servers, shape, "item", records, condition));
    report.verified(
        side
            + ", "
            + shape.database()
            + ": each of "
            + records
            + " records once, each key in one partition; what is left is the table's "
            + state.rows()
            + " rows, by their ids and counters");
  }

  private static void awaitSlot(Servers servers, Shape shape) throws Exception {
    String query =
        "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = 'debezium_"
            + shape.database()
            + "'";
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (servers.number("postgres", query) == 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Debezium does not stream");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Lets the server decode everything in the slot and keep it in memory. */
  private static long decode(Servers servers, Shape shape, int changes, int transactions)
      throws Exception {
    try (Connection connection = servers.postgres().connect(shape.database());
        Statement statement = connection.createStatement()) {
      statement.execute("SET work_mem = '2GB'");
      long begin = System.nanoTime();
      try (ResultSet row =
          statement.executeQuery(
              "SELECT count(*) FROM pg_logical_slot_peek_binary_changes('limit', NULL, NULL,"
                  + " 'proto_version', '1', 'publication_names', 'debezium', 'binary', 'true')")) {
        row.next();
        // Each change, and each transaction's begin and end.
        long messages = row.getLong(1);
        if (messages < changes + 2L * transactions) {
          throw new IllegalStateException("Only " + messages + " messages were decoded");
        }
      }
      return System.nanoTime() - begin;
    }
  }
}
