package dev.backlot.studio;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Runs a workload at a rate until it is stopped, pauses it while the file {@code paused} is in the
 * control directory, and connects again for as long as the database is away.
 *
 * <p>The file {@code status} beside it says {@code running} or {@code paused}: once it says paused,
 * no transaction is open and none begins.
 */
final class Shift implements Runnable {
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final long RECONNECT_MILLIS = 1_000;

  private final StudioDatabase database;
  private final Workload workload;
  private final double changesPerSecond;
  private final Path control;
  private final PrintStream out;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** What was written to the status file last; empty before the first time. */
  private String status = "";

  Shift(
      StudioDatabase database,
      Workload workload,
      double changesPerSecond,
      Path control,
      PrintStream out) {
    this.database = database;
    this.workload = workload;
    this.changesPerSecond = changesPerSecond;
    this.control = control;
    this.out = out;
  }

  /** Ends {@link #run} after the transaction in hand. Callable from any thread. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    boolean complained = false;
    while (!isStoppedAfter(0)) {
      try (Connection connection = database.connectAsOwner()) {
        complained = false;
        work(connection);
      } catch (SQLException | AssertionError e) {
        // Where assertions are on, the driver has one that a batch's connection lives.
        if (!complained) {
          out.println("Studio: the database is away (" + e.getMessage() + "); trying again");
          complained = true;
        }
        isStoppedAfter(RECONNECT_MILLIS);
      }
    }
  }

  private void work(Connection connection) throws SQLException {
    long wait = 0;
    while (!isStoppedAfter(wait)) {
      if (Files.exists(control.resolve("paused"))) {
        report("paused");
        wait = LOOK_AGAIN_MILLIS;
        continue;
      }
      report("running");
      int changed = workload.step(connection);
      double jitter = 0.5 + ThreadLocalRandom.current().nextDouble();
      wait = Math.round(changed * 1_000 / changesPerSecond * jitter);
    }
  }

  private void report(String now) {
    if (now.equals(status)) {
      return;
    }
    try {
      Files.writeString(control.resolve("status"), now + "\n");
    } catch (IOException e) {
      out.println("Studio: cannot write its status to " + control + ": " + e.getMessage());
    }
    out.println("Studio: " + now);
    status = now;
  }

  private boolean isStoppedAfter(long millis) {
    try {
      return stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
