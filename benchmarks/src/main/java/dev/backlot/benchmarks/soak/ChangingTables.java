package dev.backlot.benchmarks.soak;

import dev.backlot.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Two tables that change a thousand times a second in transactions of ten: rows are updated, change
 * their keys, come and go; some keys are always hot.
 */
final class ChangingTables implements AutoCloseable {
  private static final int ROWS = 50_000;
  private static final int HOT = 20;
  private static final int PER_TRANSACTION = 10;
  private static final long TRANSACTION_NANOS = 10_000_000L;

  private final PostgresServer source;
  private final Thread thread;
  private final AtomicLong done = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile boolean closed;

  /** Begins to change. */
  ChangingTables(PostgresServer source) {
    this.source = source;
    this.thread = new Thread(this::run, "changing-tables");
    thread.start();
  }

  /** Creates the tables with rows. */
  static void create(PostgresServer source) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE numbered (id bigint PRIMARY KEY, title text, phase text, fee numeric(12,2),"
              + " seen timestamptz, tags text[]);"
              + "CREATE TABLE named (name text PRIMARY KEY, n bigint, ratio float8);"
              + "INSERT INTO numbered SELECT g, 'title ' || g, CASE g % 3 WHEN 0 THEN 'DONE' ELSE"
              + " 'OPEN' END, g * 1.25, now(), ARRAY['a', NULL, g::text] FROM generate_series(1, "
              + ROWS
              + ") g;"
              + "INSERT INTO named SELECT 'näme ' || g, g, g / 7.0 FROM generate_series(1, "
              + ROWS
              + ") g");
    }
  }

  long done() {
    return done.get();
  }

  /** Fails when changing has failed. */
  void check() throws Exception {
    Exception failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private void run() {
    Random random = new Random(7);
    try (Connection connection = source.connect()) {
      connection.setAutoCommit(false);
      try (Changes changes = new Changes(connection)) {
        long next = System.nanoTime();
        while (!closed) {
          for (int i = 0; i < PER_TRANSACTION; i++) {
            changes.one(random);
          }
          connection.commit();
          done.addAndGet(PER_TRANSACTION);
          next += TRANSACTION_NANOS;
          LockSupport.parkNanos(next - System.nanoTime());
        }
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  /** The statements of a connection. */
  private static final class Changes implements AutoCloseable {
    private final PreparedStatement update;
    private final PreparedStatement move;
    private final PreparedStatement delete;
    private final PreparedStatement insert;
    private final PreparedStatement named;
    private final PreparedStatement renamed;

    Changes(Connection connection) throws SQLException {
      update =
          connection.prepareStatement(
              "UPDATE numbered SET title = 'title ' || random(), fee = fee + 0.01, seen = now(), phase ="
                  + " CASE WHEN random() < 0.3 THEN 'DONE' ELSE 'OPEN' END, tags = tags[2:3] WHERE"
                  + " id = ?");
      move = connection.prepareStatement("UPDATE numbered SET id = -id WHERE id IN (?, -?)");
      delete = connection.prepareStatement("DELETE FROM numbered WHERE id = ?");
      insert =
          connection.prepareStatement(
              "INSERT INTO numbered VALUES (?, 'again', 'OPEN', 1, now(), NULL) ON CONFLICT (id) DO"
                  + " UPDATE SET title = 'again'");
      named =
          connection.prepareStatement(
              "UPDATE named SET n = n + 1, ratio = ratio * 1.1 WHERE name = 'näme ' || ?");
      renamed =
          connection.prepareStatement(
              "UPDATE named SET name = CASE WHEN name LIKE 'x%' THEN substr(name, 2) ELSE 'x' ||"
                  + " name END WHERE name IN ('näme ' || ?, 'xnäme ' || ?)");
    }

    void one(Random random) throws SQLException {
      int kind = random.nextInt(20);
      int id = 1 + (kind < 5 ? random.nextInt(HOT) : random.nextInt(ROWS));
      if (kind < 9) {
        run(update, id);
      } else if (kind < 10) {
        // Of a pair of opposite numbers only one is there while keys below stay as they are.
        run(delete, -id);
        run(move, id, id);
      } else if (kind < 11) {
        run(delete, id);
      } else if (kind < 13) {
        run(insert, id);
      } else if (kind < 19) {
        run(named, id);
      } else {
        run(renamed, id, id);
      }
    }

    private static void run(PreparedStatement statement, int... ids) throws SQLException {
      for (int i = 0; i < ids.length; i++) {
        statement.setInt(i + 1, ids[i]);
      }
      statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      for (PreparedStatement statement :
          new PreparedStatement[] {update, move, delete, insert, named, renamed}) {
        statement.close();
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
