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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dump never overwrites newer state. */
class DumpIT {
  private static final int KEYS = 60;
  private static final int DUMPS = 40;

  /** Unique violation and deadlock. */
  private static final Set<String> REFUSALS = Set.of("23505", "40P01");

  private static final String CHUNK_ROWS = "backlot.capture.chunk_rows";
  private static final String SPLIT_ROWS = "backlot.capture.split_rows";

  /** Three key ranges at once. */
  private static final DumpStore.Settings SPLIT =
      new DumpStore.Settings(OptionalInt.empty(), Optional.empty(), OptionalInt.of(3));

  private final CaptureBench bench = CaptureBench.shared();

  @AfterEach
  void restore() {
    System.clearProperty(CHUNK_ROWS);
    System.clearProperty(SPLIT_ROWS);
    bench.execute(
        "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
  }

  @Test
  void writers_that_hammer_the_chunk_being_read_never_lose() throws Exception {
    long seed = 20_261_123L;
    System.setProperty(CHUNK_ROWS, "3");
    System.setProperty(SPLIT_ROWS, "1");
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v bigint)",
        "INSERT INTO deal SELECT i, 0 FROM generate_series(1, " + KEYS + ") i",
        "ANALYZE deal");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    AtomicBoolean stop = new AtomicBoolean();
    try (CaptureWorker worker = bench.startWorker()) {
      CompletableFuture<Integer> one =
          CompletableFuture.supplyAsync(() -> hammer(name, new Random(seed), stop));
      CompletableFuture<Integer> other =
          CompletableFuture.supplyAsync(() -> hammer(name, new Random(seed + 1), stop));
      bench.awaitStreaming(source);
      List<List<String>> keys =
          IntStream.rangeClosed(1, KEYS + 3).mapToObj(id -> List.of(Integer.toString(id))).toList();
      DumpStore dumps = bench.metadata.dumps();
      for (int i = 0; i < DUMPS; i++) {
        List<Long> atOnce =
            List.of(
                dumps.request(source, 1, name, false, "", null, SPLIT),
                dumps.request(source, 1, name, false, "", keys),
                dumps.request(source, 1, name, false, "", null));
        atOnce.forEach(this::awaitDone);
        assertThat(dumps.find(atOnce.get(0)).orElseThrow().progress().ranges()).hasSize(3);
      }
      stop.set(true);
      assertThat(one.get() + other.get()).as("changes").isGreaterThan(5_000);
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(source);
      assertThat(interleavings(events)).as("changes of a chunk under way").isGreaterThan(1_000);
      assertThatReadRowsAreAsTheLogLeftThem(events);
      assertThat(events.stream().filter(e -> e.op().equals("d") && e.header().isDump()))
          .as("keys that dumps did not find")
          .hasSizeGreaterThan(3 * DUMPS);
      assertThat(CaptureBench.latest(events)).isEqualTo(table(name));
    }
  }

  /**
   * The log has told everything that a chunk saw by the time the chunk is written, so that a read
   * row says again what its key's last event said; anything else would be older.
   */
  private static void assertThatReadRowsAreAsTheLogLeftThem(List<CaptureBench.Event> events) {
    Map<Integer, String> states = new HashMap<>();
    for (CaptureBench.Event event : events) {
      if (List.of("c", "u", "d", "r").contains(event.op())) {
        String now = String.valueOf(event.after());
        String before = states.put(id(event), now);
        if (event.header().isDump() && before != null) {
          assertThat(now).as("row %d at %s", id(event), event.header()).isEqualTo(before);
        }
      }
    }
  }

  /**
   * Counts changes of keys of a chunk that the log told between that chunk's and the one before.
   */
  private static long interleavings(List<CaptureBench.Event> events) {
    TreeMap<Long, TreeSet<Integer>> chunks = new TreeMap<>();
    for (CaptureBench.Event event : events) {
      if (event.op().equals("r")) {
        chunks
            .computeIfAbsent(event.header().position().lsn(), lsn -> new TreeSet<>())
            .add(id(event));
      }
    }
    return events.stream()
        .filter(event -> List.of("c", "u", "d").contains(event.op()) && !event.header().isDump())
        .filter(
            event -> {
              Map.Entry<Long, TreeSet<Integer>> next =
                  chunks.higherEntry(event.header().position().lsn());
              return next != null
                  && id(event) >= next.getValue().first()
                  && id(event) <= next.getValue().last();
            })
        .count();
  }

  private static int id(CaptureBench.Event event) {
    return (Integer) event.key().get("id");
  }

  /** Changes any of few keys as fast as it can, seeded. */
  private int hammer(String name, Random random, AtomicBoolean stop) {
    int changes = 0;
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      while (!stop.get()) {
        int id = 1 + random.nextInt(KEYS);
        int other = 1 + random.nextInt(KEYS);
        int v = ++changes;
        String sql =
            switch (random.nextInt(5)) {
              case 0 -> "DELETE FROM deal WHERE id = " + id;
              case 1 -> "UPDATE deal SET id = " + other + " WHERE id = " + id;
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
          if (!REFUSALS.contains(e.getSQLState())) {
            throw e;
          }
          // Another row has that key already, or the writers blocked each other.
          statement.execute("ROLLBACK");
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
        "INSERT INTO deal SELECT i, 'old' FROM generate_series(1, 600) i");
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
                      "UPDATE deal SET v = 'new' WHERE id = 600"));
      bench.awaitStreaming(source);

      assertThat(stalled).isNotDone();
      assertThat(table(name).get("{\"id\": 600}")).contains("old");
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
      assertThat(CaptureBench.latest(events).get("{\"id\": 600}")).contains("new");
      assertThat(events.stream().filter(e -> e.op().equals("r"))).hasSize(599);

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

  @Test
  void keys_that_the_table_does_not_have_are_ended_and_the_others_read() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int, part char(3), v text, PRIMARY KEY (part, id))",
        "ALTER TABLE deal ALTER v SET STORAGE EXTERNAL",
        "INSERT INTO deal SELECT i, 'ab', repeat('x', 3000000) FROM generate_series(1, 9) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.drain(name);
      String publication = "ALTER PUBLICATION backlot_" + name + " SET (publish = '%s')";
      bench.execute(
          name,
          publication.formatted("insert, truncate"),
          "DELETE FROM deal WHERE id > 7",
          publication.formatted("insert, update, delete, truncate"));
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(source))).hasSize(9);
      List<List<String>> keys =
          IntStream.rangeClosed(1, 10).mapToObj(i -> List.of("ab", Integer.toString(i))).toList();

      long dump = bench.metadata.dumps().request(source, 1, name, false, "", keys);
      awaitDone(dump);

      assertThat(bench.metadata.dumps().find(dump).orElseThrow().dumpedRows()).isEqualTo(10);
      List<CaptureBench.Event> events = bench.read(source);
      List<CaptureBench.Event> deletes = events.stream().filter(e -> e.op().equals("d")).toList();
      assertThat(deletes.stream().map(e -> e.key().toString()))
          .containsExactlyInAnyOrder(
              "{\"part\": \"ab \", \"id\": 8}",
              "{\"part\": \"ab \", \"id\": 9}",
              "{\"part\": \"ab \", \"id\": 10}");
      for (CaptureBench.Event delete : deletes) {
        assertThat(delete.header().isDump()).isTrue();
        assertThat(delete.before().get("id")).isEqualTo(delete.key().get("id"));
        assertThat(delete.before().get("v")).isNull();
        CaptureBench.Event next = events.get(events.indexOf(delete) + 1);
        assertThat(next.value()).isNull();
        assertThat(next.key()).isEqualTo(delete.key());
        assertThat(next.header().position()).isGreaterThan(delete.header().position());
      }
      assertThat(CaptureBench.latest(events)).hasSize(7);
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
