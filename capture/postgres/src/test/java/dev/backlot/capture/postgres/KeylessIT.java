package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.ControlRecord;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.generic.GenericRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables without a key: counting what their topics tell gives what the tables hold. */
class KeylessIT {
  private static final String CHUNK_ROWS = "backlot.capture.chunk_rows";

  private final CaptureBench bench = CaptureBench.shared();

  @AfterEach
  void restore() {
    System.clearProperty(CHUNK_ROWS);
    bench.execute(
        "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
  }

  @Test
  void rows_are_told_apart_by_all_of_their_values() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE note (a int, t text, j jsonb)",
        "ALTER TABLE note REPLICA IDENTITY FULL",
        "ALTER TABLE note ALTER j SET STORAGE EXTERNAL",
        "INSERT INTO note VALUES (1, 'x', NULL), (1, 'x', NULL), (NULL, NULL, NULL)");
    bench.apply(name, keyless(name, "full_row", "\"public.note\""));
    String source = name + ".public.note";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      assertThat(counted(source)).isEqualTo(table(name, "note"));
      bench.execute(
          name,
          "INSERT INTO note VALUES (1, 'x', NULL), (2, 'y', to_jsonb(repeat('z', 100000)))",
          "DELETE FROM note WHERE ctid = (SELECT min(ctid) FROM note WHERE a = 1)",
          "UPDATE note SET t = 'w' WHERE a = 2",
          "UPDATE note SET a = 3 WHERE a IS NULL",
          "UPDATE note SET a = a");
      bench.drain(name);
      assertThat(counted(source)).isEqualTo(table(name, "note"));
      List<CaptureBench.Event> changes =
          bench.read(source).stream().filter(e -> e.control() == null).toList();
      assertThat(changes).allMatch(e -> e.key() == null && e.value() != null);

      bench.execute(name, "TRUNCATE note", "INSERT INTO note VALUES (9, 'z', NULL)");
      bench.drain(name);
      assertThat(counted(source)).isEqualTo(table(name, "note")).hasSize(1);

      bench.execute(
          name,
          "ALTER TABLE note ADD COLUMN d int DEFAULT 7",
          "UPDATE note SET t = 'after' WHERE a = 9",
          "INSERT INTO note VALUES (10, 'z', NULL, 8)");
      awaitSettled(name, source, "note");
    }
  }

  @Test
  void writers_that_hammer_a_table_being_dumped_never_lose_over_deaths_and_repeats()
      throws Exception {
    System.setProperty(CHUNK_ROWS, "40");
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE note (a int, t text)",
        "ALTER TABLE note REPLICA IDENTITY FULL",
        "INSERT INTO note SELECT i % 400, repeat('x', 300) FROM generate_series(1, 6000) i");
    bench.apply(name, keyless(name, "full_row", "\"public.note\""));
    String source = name + ".public.note";
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> one = null;
    CompletableFuture<Integer> other = null;
    for (int death = 0; death < 2; death++) {
      CaptureWorker worker = bench.startWorker();
      if (one == null) {
        one = CompletableFuture.supplyAsync(() -> hammer(name, new Random(7), stop));
        other = CompletableFuture.supplyAsync(() -> hammer(name, new Random(8), stop));
      }
      long before = records(source);
      Awaitility.await().atMost(CaptureBench.PATIENCE).until(() -> records(source) > before + 700);
      worker.abandon();
    }
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      for (int i = 0; i < 4; i++) {
        long dump = bench.metadata.dumps().request(source, 1, name, false, "", null);
        if (i == 1) {
          bench.execute(name, "TRUNCATE note");
        }
        awaitDone(dump);
      }
      stop.set(true);
      assertThat(one.get() + other.get()).as("changes").isGreaterThan(2_000);
      bench.drain(name);
      assertThat(counted(source)).isEqualTo(table(name, "note"));
      assertThat(
              bench.read(source).stream()
                  .filter(e -> e.control() != null)
                  .filter(e -> e.control().kind() == ControlRecord.Kind.TRUNCATE)
                  .count())
          .isGreaterThanOrEqualTo(4 * 5);
    }
  }

  @Test
  void a_commit_that_queries_do_not_see_yet_is_behind_the_dump_that_does_not_see_it()
      throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE note (a int)",
        "ALTER TABLE note REPLICA IDENTITY FULL",
        "INSERT INTO note SELECT generate_series(1, 50)");
    bench.apply(name, keyless(name, "full_row", "\"public.note\""));
    String source = name + ".public.note";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.drain(name);
      // No standby of this name ever confirms: the commit is in the log, but stays invisible.
      bench.execute(
          "postgres",
          "ALTER SYSTEM SET synchronous_standby_names = 'ghost'",
          "SELECT pg_reload_conf()");
      CompletableFuture<Void> stalled =
          CompletableFuture.runAsync(
              () ->
                  bench.execute(
                      name, "SET synchronous_commit = 'on'", "DELETE FROM note WHERE a <= 5"));
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(() -> bench.read(source).stream().filter(e -> e.op().equals("d")).count() == 5);
      long dump = bench.metadata.dumps().request(source, 1, name, false, "", null);
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench
                      .metadata
                      .sources()
                      .find(source)
                      .orElseThrow()
                      .reason()
                      .contains("waits for transactions"));
      assertThat(stalled).isNotDone();
      bench.execute(
          "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
      stalled.get();
      awaitDone(dump);
      bench.drain(name);
      assertThat(counted(source)).isEqualTo(table(name, "note")).hasSize(45);
    }
  }

  @Test
  void an_append_table_tells_each_insert_once_and_nothing_else() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE movie (id int PRIMARY KEY)",
        "CREATE TABLE view_log (a int, t text)",
        "CREATE TABLE part_log (a int, t text) PARTITION BY LIST (a)",
        "CREATE TABLE part_log_0 PARTITION OF part_log DEFAULT",
        "INSERT INTO part_log SELECT i, 'p' FROM generate_series(1, 9) i",
        "INSERT INTO view_log SELECT i, 'old' FROM generate_series(1, 3000) i");
    bench.apply(name, bench.document(name, "\"public.movie\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.movie");
    }
    bench.apply(name, keyless(name, "append", "\"public.*\""));
    String source = name + ".public.view_log";
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> inserted = CompletableFuture.supplyAsync(() -> insert(name, stop));
    for (int death = 0; death < 2; death++) {
      CaptureWorker worker = bench.startWorker();
      bench.awaitStreaming(source, name + ".public.part_log");
      long before = records(source);
      Awaitility.await().atMost(CaptureBench.PATIENCE).until(() -> records(source) > before + 200);
      worker.abandon();
    }
    try (CaptureWorker worker = bench.startWorker()) {
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench
                      .metadata
                      .captures()
                      .status(name)
                      .orElseThrow()
                      .state()
                      .name()
                      .equals("RUNNING"));
      stop.set(true);
      int last = inserted.get();
      Map<String, Long> expected = table(name, "view_log");
      // PostgreSQL would refuse these if the table were published for updates and deletes.
      bench.execute(
          name,
          "UPDATE view_log SET t = 'changed' WHERE a % 2 = 0",
          "DELETE FROM view_log WHERE a % 3 = 0",
          "TRUNCATE view_log",
          "INSERT INTO part_log VALUES (10, 'p')",
          "DELETE FROM part_log WHERE a = 1",
          "INSERT INTO movie VALUES (1)");
      bench.drain(name);

      assertThat(expected).hasSize(3_000 + last);
      assertThat(counted(source)).isEqualTo(expected);
      List<CaptureBench.Event> events = bench.read(source);
      assertThat(events.stream().map(CaptureBench.Event::op).distinct())
          .containsExactlyInAnyOrder("", "r", "c");
      assertThat(counted(name + ".public.part_log")).hasSize(10);
      assertThat(CaptureBench.latest(bench.read(name + ".public.movie"))).hasSize(1);
    }
  }

  @Test
  void a_table_that_can_not_be_told_whole_is_refused_with_the_statement_that_mends_it() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE \"Note\" (a int)",
        "CREATE TABLE part_log (a int) PARTITION BY LIST (a)",
        "ALTER TABLE part_log REPLICA IDENTITY FULL");
    String document = keyless(name, "full_row", "\"public.*\"");
    List<Problem> problems = preflight(document);
    assertThat(problems)
        .allMatch(p -> p.code() == ProblemCode.CONNECTION_TABLE_KEYLESS)
        .extracting(Problem::message)
        .anyMatch(m -> m.contains("Run: ALTER TABLE public.\"Note\" REPLICA IDENTITY FULL;"))
        .anyMatch(m -> m.contains("partitioned"))
        .hasSize(2);
    bench.execute(name, "ALTER TABLE \"public\".\"Note\" REPLICA IDENTITY FULL");
    assertThat(preflight(document)).hasSize(1);

    bench.apply(name, document);
    String source = name + ".public.Note";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(name, "ALTER TABLE \"Note\" REPLICA IDENTITY DEFAULT");
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench.metadata.sources().findEvenRemoved(source).orElseThrow().state()
                      == SourceStore.State.REMOVED);
      bench.execute(name, "INSERT INTO \"Note\" VALUES (1)", "UPDATE \"Note\" SET a = 2");
      assertThat(bench.metadata.sources().findEvenRemoved(source).orElseThrow().reason())
          .contains("REPLICA IDENTITY FULL");
    }
  }

  private List<Problem> preflight(String document) {
    return PostgresPreflight.check(CaptureBench.spec(document), bench.environment.secrets())
        .problems();
  }

  private String keyless(String name, String mode, String include) {
    return bench
        .document(name, include)
        .replace("\"include\"", "\"keyless\": \"" + mode + "\", \"include\"");
  }

  private void awaitDone(long dump) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .until(
            () -> bench.metadata.dumps().find(dump).orElseThrow().state() == DumpStore.State.DONE);
  }

  private void awaitSettled(String name, String source, String table) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .untilAsserted(() -> assertThat(counted(source)).isEqualTo(table(name, table)));
  }

  private long records(String source) {
    return bench.metadata.sources().find(source).isEmpty() ? 0 : bench.records(source);
  }

  /** Counts rows by their values as the topic tells them: an independent reading of it. */
  private Map<String, Long> counted(String source) {
    Map<Integer, Long> fences = new HashMap<>();
    Map<Integer, Map<String, Long>> partitions = new TreeMap<>();
    for (CaptureBench.Event event : bench.read(source)) {
      Map<String, Long> rows = partitions.computeIfAbsent(event.partition(), p -> new TreeMap<>());
      if (event.header().generation() < fences.getOrDefault(event.partition(), 0L)) {
        continue;
      }
      fences.put(event.partition(), event.header().generation());
      if (event.control() != null) {
        if (event.control().kind() == ControlRecord.Kind.TRUNCATE) {
          rows.clear();
        }
      } else if (event.op().equals("d")) {
        rows.merge(text(event.before()), -1L, Long::sum);
      } else {
        rows.merge(text(event.after()), 1L, Long::sum);
      }
    }
    Map<String, Long> all = new TreeMap<>();
    partitions.values().forEach(rows -> rows.forEach((row, n) -> all.merge(row, n, Long::sum)));
    all.values().removeIf(n -> n == 0);
    return all;
  }

  private static String text(GenericRecord row) {
    List<String> values = new ArrayList<>();
    row.getSchema()
        .getFields()
        .forEach(
            field -> {
              if (!field.name().equals("_exact")) {
                values.add(String.valueOf(row.get(field.pos())));
              }
            });
    return String.join("|", values);
  }

  private Map<String, Long> table(String name, String table) throws SQLException {
    Map<String, Long> rows = new TreeMap<>();
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(result.getString(i)));
        }
        rows.merge(String.join("|", values), 1L, Long::sum);
      }
    }
    return rows;
  }

  private int insert(String name, AtomicBoolean stop) {
    int inserted = 0;
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      while (!stop.get()) {
        inserted +=
            statement.executeUpdate(
                "WITH paced AS MATERIALIZED (SELECT pg_sleep(0.002)) INSERT INTO view_log SELECT "
                    + -inserted
                    + ", 'new' FROM paced");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return inserted;
  }

  private int hammer(String name, Random random, AtomicBoolean stop) {
    int changes = 0;
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        for (int i = 0; i < 3; i++) {
          int a = random.nextInt(400);
          String one = "(SELECT ctid FROM note WHERE a = " + a + " LIMIT 1 FOR UPDATE SKIP LOCKED)";
          changes +=
              statement.executeUpdate(
                  switch (random.nextInt(4)) {
                    case 0 -> "DELETE FROM note WHERE ctid = ANY (ARRAY" + one + ")";
                    case 1 -> "UPDATE note SET t = 'u' WHERE ctid = ANY (ARRAY" + one + ")";
                    case 2 -> "UPDATE note SET a = a + 1 WHERE ctid = ANY (ARRAY" + one + ")";
                    default -> "INSERT INTO note VALUES (" + a + ", 'n'), (" + a + ", 'n')";
                  });
        }
        connection.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return changes;
  }
}
