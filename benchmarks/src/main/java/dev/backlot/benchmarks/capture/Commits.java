package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.Servers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Single-row transactions at a steady rate over a few connections: rows that are inserted, and when
 * their commits returned. The schedule does not wait for the database: one that falls behind is
 * told by {@link #rate}.
 */
public final class Commits {
  /** Connections that commit in turn, so that a slow flush does not hold up the rate. */
  private static final int CONNECTIONS = 4;

  private final long firstId;
  private final long[] returnedAt;
  private final long nanos;

  private Commits(long firstId, long[] returnedAt, long nanos) {
    this.firstId = firstId;
    this.returnedAt = returnedAt;
    this.nanos = nanos;
  }

  /** Inserts so many rows at a rate, and returns when the last is committed. */
  public static Commits run(Servers servers, Shape shape, long firstId, int count, int perSecond)
      throws SQLException, InterruptedException, ExecutionException {
    return run(servers, shape.database(), shape, firstId, count, perSecond);
  }

  /**
   * Inserts so many rows at a rate, and returns when the last is committed.
   *
   * @param database that has a table of the shape
   */
  public static Commits run(
      Servers servers, String database, Shape shape, long firstId, int count, int perSecond)
      throws SQLException, InterruptedException, ExecutionException {
    long[] returnedAt = new long[count];
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(servers.postgres().connect(database));
      }
      long begin = System.nanoTime() + 20_000_000;
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int first = i;
        running.add(
            threads.submit(
                () -> {
                  commit(
                      connections.get(first), shape, first, firstId, begin, perSecond, returnedAt);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      return new Commits(firstId, returnedAt, System.nanoTime() - begin);
    } finally {
      threads.shutdownNow();
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static void commit(
      Connection connection,
      Shape shape,
      int first,
      long firstId,
      long begin,
      int perSecond,
      long[] returnedAt)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(shape.insert("?", "?"))) {
      for (int i = first; i < returnedAt.length; i += CONNECTIONS) {
        long due = begin + i * 1_000_000_000L / perSecond;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        insert.setLong(1, firstId + i);
        insert.setLong(2, firstId + i);
        insert.executeUpdate();
        returnedAt[i] = System.nanoTime();
      }
    }
  }

  /** Returns how many rows were committed. */
  public int count() {
    return returnedAt.length;
  }

  /** Returns the rate that was reached. */
  public double rate() {
    return returnedAt.length * 1e9 / nanos;
  }

  /** Returns whether a row is one of these. */
  public boolean has(long id) {
    return id >= firstId && id < firstId + returnedAt.length;
  }

  /** Returns when the commit of a row returned, on this machine's monotonic clock. */
  public long returnedAt(long id) {
    return returnedAt[(int) (id - firstId)];
  }
}
