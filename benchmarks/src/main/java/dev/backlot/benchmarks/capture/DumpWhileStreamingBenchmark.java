package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A dump of a table that is written to meanwhile, beside the same dump at rest. The writer updates
 * rows all over the table, those being dumped among them.
 */
public final class DumpWhileStreamingBenchmark implements Benchmark {
  private static final int UPDATES_PER_SECOND = 2_000;
  private static final int UPDATES_PER_TRANSACTION = 10;
  private static final int ROUNDS = 3;

  /** A dump leaves out rows that the log told while their chunk was read: a few of all. */
  private static final double MOST_ROWS = 0.98;

  @Override
  public String title() {
    return "a dump while the table is written to, beside one at rest";
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
    int rows = scale.of(300_000, 30_000);
    Shape shape = Shape.NARROW;
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers);
      new Workload(servers, shape, rows);
      ours.start();
      String topic = ours.add(shape);
      Side limit = new Side("Backlot, at rest", Role.LIMIT);
      Side our = new Side("Backlot, under writes", Role.OURS);
      try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
        for (int round = 0; round <= scale.of(ROUNDS, 1); round++) {
          dump(ours, shape, rows, rows, limit);
          try (Writer writer = new Writer(servers, shape, rows)) {
            dump(ours, shape, rows, (long) (rows * MOST_ROWS), our);
            report.figure(
                "updates during the dump of round " + round, String.valueOf(writer.updates()));
          }
          ours.drain(shape);
        }
        verify(servers, shape, watch, rows, report);
      }
      report.add(
          new Comparison(
              "dump while streaming, narrow",
              "rows/s",
              Side.series(limit, our),
              OptionalDouble.empty()));
    }
    return report;
  }

  private static void dump(OurCapture ours, Shape shape, int rows, long least, Side side) {
    long begin = System.nanoTime();
    long dumped = ours.dump(shape);
    long nanos = System.nanoTime() - begin;
    if (dumped < least || dumped > rows) {
      throw new IllegalStateException(dumped + " of " + rows + " rows were dumped");
    }
    side.add(rows, nanos);
  }

  private static void verify(
      Servers servers, Shape shape, TopicWatch watch, int rows, Report report) throws SQLException {
    long live = watch.content().liveKeys();
    long present = servers.number(shape.database(), "SELECT count(*) FROM item");
    if (live != present || present != rows) {
      throw new IllegalStateException(live + " live keys, " + present + " rows");
    }
    report.verified("Backlot: the topic's live keys are the table's " + rows + " rows");
  }

  /** Updates rows at a steady rate until it is closed. */
  private static final class Writer implements AutoCloseable {
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicLong updates = new AtomicLong();
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
        long begin = System.nanoTime();
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

    long updates() {
      return updates.get();
    }

    @Override
    public void close() {
      ending.set(true);
      running.join();
    }
  }
}
