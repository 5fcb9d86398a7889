package dev.backlot.testing.capture;

import dev.backlot.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Writers that change three tables all the time and know what they committed: {@code deal}
 * (inserts, updates, deletes, key changes), {@code document} (the same with large values, mostly
 * left as they are) and {@code scratch} (truncated now and then). Some transactions are rolled
 * back, some are large. A commit whose outcome is unknown because the server died is looked up
 * there afterwards.
 */
public final class Workload implements AutoCloseable {
  /** The tables to capture. */
  public static final List<String> TABLES = List.of("deal", "document", "scratch");

  private final List<Writer> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final ConcurrentLinkedQueue<Change> committed = new ConcurrentLinkedQueue<>();

  /**
   * Begins to write.
   *
   * @param source the server as it is now; it may be started again
   * @param pause between two transactions of a writer
   */
  public Workload(
      Supplier<PostgresServer> source, String database, int count, Duration pause, long seed) {
    AtomicLong versions = new AtomicLong();
    for (int i = 0; i < count; i++) {
      Writer writer =
          new Writer(
              i, count, seed + i, () -> source.get().connect(database), versions, pause, committed);
      writers.add(writer);
      Thread thread = new Thread(writer, "writer-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  /** Creates the tables. */
  public static void create(PostgresServer source, String database, int writers)
      throws SQLException {
    try (Connection connection = source.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE deal (id int PRIMARY KEY, n bigint NOT NULL, title text);"
              + "CREATE TABLE document (id int PRIMARY KEY, n bigint NOT NULL, large text);"
              + "ALTER TABLE document ALTER large SET STORAGE EXTERNAL;"
              + "CREATE TABLE scratch (id int PRIMARY KEY, n bigint NOT NULL);"
              + "CREATE TABLE ledger (writer int PRIMARY KEY, transaction bigint NOT NULL);"
              + "INSERT INTO ledger SELECT i, 0 FROM generate_series(0, "
              + (writers - 1)
              + ") i");
    }
  }

  /** Returns what has been committed since this was last asked; the changes of a key in order. */
  public List<Change> take() {
    check();
    List<Change> taken = new ArrayList<>();
    for (Change next = committed.poll(); next != null; next = committed.poll()) {
      taken.add(next);
    }
    return taken;
  }

  /** Returns how many transactions were committed. */
  public long transactions() {
    return writers.stream().mapToLong(Writer::transactions).sum();
  }

  /** Lets the writers end what they have begun, and wait; all outcomes are known then. */
  public void pause() throws Exception {
    writers.forEach(Writer::pause);
    Patience.until(
        "the writers to rest",
        Duration.ofMinutes(1),
        () -> {
          check();
          return writers.stream().allMatch(Writer::rests);
        });
  }

  /** Lets them write again. */
  public void resume() {
    writers.forEach(Writer::resume);
  }

  private void check() {
    for (Writer writer : writers) {
      writer.check();
    }
  }

  @Override
  public void close() throws InterruptedException {
    writers.forEach(Writer::end);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
