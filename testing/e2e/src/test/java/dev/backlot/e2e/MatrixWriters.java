package dev.backlot.e2e;

import dev.backlot.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Several writers, each of which writes to all tables, until they are closed. */
final class MatrixWriters implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<SQLException> failure = new AtomicReference<>();
  private volatile boolean closed;

  MatrixWriters(PostgresServer source, List<MatrixTable> tables, int writers) {
    for (int i = 0; i < writers; i++) {
      int seed = i;
      Thread thread = new Thread(() -> run(source, tables, seed), "matrix-writer-" + i);
      thread.start();
      threads.add(thread);
    }
  }

  private void run(PostgresServer source, List<MatrixTable> tables, int seed) {
    Random random = new Random(seed);
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      while (!closed) {
        tables.get(random.nextInt(tables.size())).write(statement, random);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Ends them; fails when one could not write. */
  @Override
  public void close() throws SQLException {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    SQLException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }
}
