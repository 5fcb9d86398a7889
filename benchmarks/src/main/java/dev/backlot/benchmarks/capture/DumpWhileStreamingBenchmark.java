package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A dump of a table that is written to meanwhile, beside Debezium's incremental snapshot of it
 * under the same writes, and beside the same dump at rest. The writer updates rows all over the
 * table, those being dumped among them. All sides are measured from the request to the last row's
 * acknowledgement.
 */
public final class DumpWhileStreamingBenchmark implements Benchmark {
  private static final int UPDATES_PER_SECOND = 2_000;
  private static final int UPDATES_PER_TRANSACTION = 10;
  private static final int ROUNDS = 3;
  private static final double PEER_BAR = 6;

  /** A dump leaves out rows that the log told while their chunk was read: some of all. */
  private static final double MOST_ROWS = 0.9;

  private final Shape shape = Shape.NARROW;

  @Override
  public String title() {
    return "a dump while the table is written to, beside Debezium's incremental snapshot";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured(
        "writer",
        UPDATES_PER_SECOND
            + " updates/s in transactions of "
            + UPDATES_PER_TRANSACTION
            + ", of rows all over the table");
    int rows = scale.of(300_000, 50_000);
    int rounds = scale.of(ROUNDS, 1);
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers);
      new Workload(servers, shape, rows);
      ours.start();
      String topic = ours.add(shape);
      ours.drain(shape);
      ours.stop();
      Debezium debezium = scale.peers() ? new Debezium(servers) : null;
      if (debezium != null) {
        debezium.add(shape);
        debezium.allowIncremental(shape);
      }
      Side limit = new Side("Backlot, at rest", Role.LIMIT);
      Side our = new Side("Backlot, under writes", Role.OURS);
      Side peer = new Side("Debezium 3.6.1, under writes", Role.PEER);
      for (int round = 0; round <= rounds; round++) {
        ours.start();
        ours.drain(shape);
        dump(servers, ours, rows, rows, limit);
        try (Writer writer = new Writer(servers, shape, rows)) {
          dump(servers, ours, (long) (rows * MOST_ROWS), rows, our);
          report.figure("updates/s during round " + round + ", Backlot", writer.rate());
        }
        ours.drain(shape);
        ours.stop();
        if (debezium != null) {
          debezium.streamWithSignals(shape);
          debezium.drain(shape);
          try (Writer writer = new Writer(servers, shape, rows)) {
            snapshot(servers, debezium, rows, peer);
            report.figure("updates/s during round " + round + ", Debezium", writer.rate());
          }
          debezium.drain(shape);
          debezium.stop();
        }
      }
      ours.start();
      ours.drain(shape);
      ours.stop();
      verify(servers, "Backlot", topic, report);
      if (debezium != null) {
        verify(servers, "Debezium", Debezium.topic(shape), report);
      }
      for (Side side : List.of(limit, our, peer)) {
        side.describe("dump while streaming, narrow", report);
      }
      report.add(
          new Comparison(
              "dump while streaming, narrow",
              "rows/s",
              Side.series(limit, our, peer),
              OptionalDouble.empty(),
              OptionalDouble.of(PEER_BAR)));
    }
    return report;
  }

  private void dump(Servers servers, OurCapture ours, long least, int rows, Side side) {
    Spent before = Spent.now(ours.child().process(), servers);
    long begin = System.nanoTime();
    long dumped = ours.dump(shape);
    long nanos = System.nanoTime() - begin;
    Spent spent = Spent.now(ours.child().process(), servers).since(before);
    if (dumped < least || dumped > rows) {
      throw new IllegalStateException(dumped + " of " + rows + " rows were dumped");
    }
    side.add(rows, nanos, spent);
  }

  private void snapshot(Servers servers, Debezium debezium, int rows, Side side)
      throws SQLException {
    Spent before = Spent.now(debezium.process(), servers);
    long begin = System.nanoTime();
    Debezium.Incremental taken = debezium.incremental(shape);
    long nanos = System.nanoTime() - begin;
    Spent spent = Spent.now(debezium.process(), servers).since(before);
    if (taken.read() != rows || taken.sent() < rows * MOST_ROWS || taken.sent() > rows) {
      throw new IllegalStateException(taken + " of " + rows + " rows");
    }
    side.add(rows, nanos, spent);
  }

  private void verify(Servers servers, String side, String topic, Report report)
      throws SQLException {
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
      TopicState state = TopicState.read(watch, shape);
      state.check(side, TopicState.ofTable(servers, shape, "item", state.records(), "true"));
      report.verified(
          side
              + ": what is left in the topic are the table's "
              + state.rows()
              + " rows as the last update left each");
    }
  }

  /** Updates rows at a steady rate until it is closed. */
  private static final class Writer implements AutoCloseable {
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicLong updates = new AtomicLong();
    private final long begin = System.nanoTime();
    private final CompletableFuture<Void> running;

    Writer(Servers servers, Shape shape, int rows) {
      running = CompletableFuture.runAsync(() -> write(servers, shape, rows));
    }

    private void write(Servers servers, Shape shape, int rows) {
      try (Connection connection = servers.postgres().connect(shape.database());
          PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE item SET "
                      + shape.change()
                      + " WHERE id = ANY (SELECT (random() * "
                      + (rows - 1)
                      + ")::bigint + 1 FROM generate_series(1, "
                      + UPDATES_PER_TRANSACTION
                      + "))")) {
        long period = 1_000_000_000L * UPDATES_PER_TRANSACTION / UPDATES_PER_SECOND;
        for (long next = begin; !ending.get(); next += period) {
          for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
            LockSupport.parkNanos(wait);
          }
          updates.addAndGet(update.executeUpdate());
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Returns the rate that was reached, which the schedule does not wait for. */
    String rate() {
      return String.valueOf(Math.round(updates.get() * 1e9 / (System.nanoTime() - begin)));
    }

    @Override
    public void close() {
      ending.set(true);
      running.join();
    }
  }
}
