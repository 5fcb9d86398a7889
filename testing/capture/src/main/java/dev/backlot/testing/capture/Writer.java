package dev.backlot.testing.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One writer of a {@link Workload}, with keys of its own. */
final class Writer implements Runnable {
  private static final int LARGE_TRANSACTION = 1_500;
  private static final int ONE_IN_LARGE = 150;
  private static final int ONE_IN_ROLLED_BACK = 12;

  private final int number;
  private final Random random;
  private final Connector connector;
  private final long pauseNanos;
  private final ConcurrentLinkedQueue<Change> committed;
  private final WriterTables tables;
  private @Nullable Connection connection;
  private @Nullable List<Change> inDoubt;
  private long transaction;
  private volatile long done;
  private volatile boolean paused;
  private volatile boolean rests;
  private volatile boolean ended;
  private volatile @Nullable Exception failure;

  /** How to reach the source. */
  interface Connector {
    Connection connect() throws SQLException;
  }

  Writer(
      int number,
      int writers,
      long seed,
      Connector connector,
      AtomicLong versions,
      Duration pause,
      ConcurrentLinkedQueue<Change> committed) {
    this.number = number;
    this.random = new Random(seed);
    this.connector = connector;
    this.pauseNanos = pause.toNanos();
    this.committed = committed;
    this.tables = new WriterTables(number, writers, random, versions);
  }

  @Override
  public void run() {
    while (!ended) {
      try {
        if (connection == null) {
          connection = connector.connect();
          connection.setAutoCommit(false);
          settleDoubt(connection);
        }
        if (paused) {
          rests = true;
          LockSupport.parkNanos(1_000_000);
          continue;
        }
        rests = false;
        transact(connection);
        LockSupport.parkNanos(pauseNanos);
      } catch (SQLException e) {
        forgetConnection();
        if (!isLost(e)) {
          failure = e;
          return;
        }
        pauseBriefly();
      } catch (RuntimeException e) {
        failure = e;
        return;
      }
    }
    forgetConnection();
  }

  private void transact(Connection open) throws SQLException {
    int changes = random.nextInt(ONE_IN_LARGE) == 0 ? LARGE_TRANSACTION : 1 + random.nextInt(7);
    boolean roll = random.nextInt(ONE_IN_ROLLED_BACK) == 0;
    try {
      List<Change> made = new ArrayList<>();
      for (int i = 0; i < changes; i++) {
        tables.change(open, made);
      }
      if (roll) {
        open.rollback();
        tables.undo();
        return;
      }
      long next = transaction + 1;
      WriterTables.run(open, "UPDATE ledger SET transaction = ? WHERE writer = ?", next, number);
      inDoubt = made;
      open.commit();
    } catch (SQLException e) {
      if (inDoubt == null) {
        tables.undo();
      }
      throw e;
    }
    settle(System.currentTimeMillis());
  }

  /** The server died during a commit: it knows whether that counts. */
  private void settleDoubt(Connection open) throws SQLException {
    if (inDoubt == null) {
      return;
    }
    long counted;
    try (PreparedStatement query =
        open.prepareStatement("SELECT transaction FROM ledger WHERE writer = ? FOR UPDATE")) {
      query.setInt(1, number);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        counted = row.getLong(1);
      }
    }
    open.rollback();
    if (counted == transaction + 1) {
      settle(0);
    } else {
      inDoubt = null;
      tables.undo();
    }
  }

  private void settle(long millis) {
    List<Change> changes = inDoubt;
    inDoubt = null;
    transaction++;
    done++;
    tables.keep();
    if (changes != null) {
      changes.forEach(change -> committed.add(change.committed(millis)));
    }
  }

  private static boolean isLost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  private void forgetConnection() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It is lost already.
    }
    connection = null;
  }

  private static void pauseBriefly() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
  }

  void pause() {
    rests = false;
    paused = true;
  }

  void resume() {
    paused = false;
  }

  boolean rests() {
    return rests;
  }

  void end() {
    ended = true;
  }

  long transactions() {
    return done;
  }

  void check() {
    Exception failed = failure;
    if (failed != null) {
      throw new IllegalStateException("A writer failed", failed);
    }
  }
}
