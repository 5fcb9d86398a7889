package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.DumpStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dump never overwrites newer state. */
class DumpIT {
  private static final String CHUNK_ROWS = "backlot.capture.chunk_rows";

  private final CaptureBench bench = CaptureBench.shared();

  @AfterEach
  void restore() {
    System.clearProperty(CHUNK_ROWS);
    bench.execute(
        "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
  }

  @Test
  void a_writer_that_hammers_the_chunk_being_read_never_loses() throws Exception {
    long seed = 20_261_123L;
    System.setProperty(CHUNK_ROWS, "3");
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v bigint)",
        "INSERT INTO deal SELECT i, 0 FROM generate_series(1, 3000) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    AtomicBoolean stop = new AtomicBoolean();
    try (CaptureWorker worker = bench.startWorker()) {
      CompletableFuture<Integer> writer =
          CompletableFuture.supplyAsync(() -> hammer(name, source, new Random(seed), stop));
      bench.awaitStreaming(Duration.ofSeconds(150), source);
      long again = bench.metadata.dumps().request(source, 1, name, false, "", null);
      awaitDone(again);
      stop.set(true);
      int changes = writer.get();
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(source);
      long read = events.stream().filter(e -> e.op().equals("r")).count();
      long chunks =
          events.stream()
              .filter(e -> e.op().equals("r"))
              .map(e -> e.header().position().lsn())
              .distinct()
              .count();
      assertThat(chunks).as("chunks").isGreaterThan(1_500);
      assertThat(changes).as("changes").isGreaterThan(1_000);
      assertThat(read).as("some rows were overtaken and dropped").isLessThan(6_000 - 20);
      assertThat(CaptureBench.latest(events)).isEqualTo(table(name));
    }
  }

  /** Changes keys just ahead of the dump's last finished chunk, seeded. */
  private int hammer(String name, String source, Random random, AtomicBoolean stop) {
    int changes = 0;
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      while (!stop.get()) {
        int last =
            bench.metadata.dumps().open(name).stream()
                .findFirst()
                .flatMap(DumpStore.Dump::lastKey)
                .map(key -> Integer.parseInt(key.get(0)))
                .orElse(0);
        for (int i = 0; i < 8; i++) {
          int id = last + 1 + random.nextInt(9);
          int other = last + 1 + random.nextInt(9);
          int v = ++changes;
          String sql =
              switch (random.nextInt(5)) {
                case 0 -> "DELETE FROM deal WHERE id = " + id;
                case 1 -> "UPDATE deal SET id = -id - 1000000 * " + v % 7 + " WHERE id = " + id;
                case 2 ->
                    "BEGIN; DELETE FROM deal WHERE id = %d; UPDATE deal SET id = %d, v = %d WHERE id = %d; COMMIT"
                        .formatted(other, other, v, id);
                default ->
                    "INSERT INTO deal VALUES (%d, %d) ON CONFLICT (id) DO UPDATE SET v = %d"
                        .formatted(id, v, v);
              };
          try {
            statement.execute(sql);
          } catch (SQLException e) {
            if (!"23505".equals(e.getSQLState())) {
              throw e;
            }
            // Another row has that key already; the transaction is rolled back.
            statement.execute("ROLLBACK");
          }
        }
      }
      return changes;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_commit_that_the_log_tells_before_queries_see_it_is_not_overwritten() throws Exception {
    System.setProperty(CHUNK_ROWS, "1");
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v text)",
        "INSERT INTO deal SELECT i, 'old' FROM generate_series(1, 1500) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker()) {
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench.metadata.dumps().open(name).stream()
                      .anyMatch(d -> d.lastKey().isPresent()));
      // No standby of this name ever confirms: the commit is in the log, but stays invisible.
      bench.execute(
          "postgres",
          "ALTER SYSTEM SET synchronous_standby_names = 'ghost'",
          "SELECT pg_reload_conf()");
      CompletableFuture<Void> stalled =
          CompletableFuture.runAsync(
              () ->
                  bench.execute(
                      name,
                      "SET synchronous_commit = 'on'",
                      "UPDATE deal SET v = 'new' WHERE id = 1500"));
      bench.awaitStreaming(source);

      assertThat(stalled).isNotDone();
      assertThat(table(name).get("{\"id\": 1500}")).contains("old");
      List<CaptureBench.Event> events = bench.read(source);
      CaptureBench.Event change =
          events.stream().filter(e -> e.op().equals("u")).findFirst().orElseThrow();
      CaptureBench.Event lastRead =
          events.stream()
              .filter(e -> e.op().equals("r"))
              .max(java.util.Comparator.comparing(e -> e.header().position()))
              .orElseThrow();
      // By positions alone the change lies before the chunk's read: its row would look fresh.
      assertThat(lastRead.header().position()).isGreaterThan(change.header().position());
      assertThat(CaptureBench.latest(events).get("{\"id\": 1500}")).contains("new");
      assertThat(events.stream().filter(e -> e.op().equals("r"))).hasSize(1499);

      bench.execute(
          "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
      stalled.get();
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(source))).isEqualTo(table(name));
    }
  }

  @Test
  void a_transaction_older_than_the_publication_is_not_lost() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE first (id int PRIMARY KEY)",
        "CREATE TABLE late (id int PRIMARY KEY, v text)",
        "INSERT INTO late VALUES (1, 'old'), (2, 'old')");
    bench.apply(name, bench.document(name, "\"public.first\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection running = bench.postgres.connect(name);
        Statement statement = running.createStatement()) {
      bench.awaitStreaming(name + ".public.first");
      running.setAutoCommit(false);
      statement.execute("UPDATE late SET v = 'new' WHERE id = 1");
      bench.execute("postgres", "SELECT 1");
      // ALTER PUBLICATION takes no lock that this transaction holds up.
      bench.apply(name, bench.document(name, "\"public.*\""));
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench
                      .metadata
                      .sources()
                      .find(name + ".public.late")
                      .map(s -> s.reason().contains("waits for transactions"))
                      .orElse(false));
      bench.execute(name, "INSERT INTO first VALUES (1)");
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(name + ".public.first"))).hasSize(1);
      running.commit();
      bench.awaitStreaming(name + ".public.late");
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(name + ".public.late")))
          .isEqualTo(
              Map.of(
                  "{\"id\": 1}",
                  "{\"id\": 1, \"v\": \"new\", \"_exact\": null}",
                  "{\"id\": 2}",
                  "{\"id\": 2, \"v\": \"old\", \"_exact\": null}"));
    }
  }

  private void awaitDone(long dump) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(150))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> bench.metadata.dumps().find(dump).orElseThrow().state() == DumpStore.State.DONE);
  }

  private Map<String, String> table(String name) throws SQLException {
    Map<String, String> rows = new HashMap<>();
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT id, v FROM deal")) {
      boolean text = result.getMetaData().getColumnTypeName(2).equals("text");
      while (result.next()) {
        String v = text ? '"' + result.getString(2) + '"' : result.getString(2);
        rows.put(
            "{\"id\": " + result.getInt(1) + "}",
            "{\"id\": " + result.getInt(1) + ", \"v\": " + v + ", \"_exact\": null}");
      }
    }
    return rows;
  }
}
