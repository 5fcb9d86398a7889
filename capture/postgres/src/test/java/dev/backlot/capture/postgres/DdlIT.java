package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.SourceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables change while rows do. */
class DdlIT {
  private final CaptureBench bench = CaptureBench.shared();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void topics_equal_their_tables_whatever_happens_to_them(long seed) throws Exception {
    String name = bench.newDatabase();
    try (Connection connection = bench.postgres.connect(name)) {
      RandomDdl ddl = new RandomDdl(connection, Long.getLong("backlot.test.seed", seed));
      ddl.createTables(3);
      bench.apply(name, bench.document(name, "\"public.*\""));
      try (CaptureWorker worker = bench.startWorker()) {
        bench.awaitStreaming(name + ".public.t0", name + ".public.t1", name + ".public.t2");
        for (int i = 0; i < Integer.getInteger("backlot.test.steps", 250); i++) {
          ddl.step();
        }
        ddl.finish();
        for (String table : List.of("t0", "t1", "t2")) {
          awaitEqual(connection, name, table, ddl);
        }
      }
    }
  }

  @Test
  void with_the_trigger_every_column_is_certain_and_no_write_is_refused() throws Exception {
    String name = bench.newDatabase();
    bench.execute(name, trigger());
    try (Connection connection = bench.postgres.connect(name)) {
      RandomDdl ddl = new RandomDdl(connection, Long.getLong("backlot.test.seed", 3));
      ddl.createTables(3);
      bench.apply(name, bench.document(name, "\"public.*\""));
      try (CaptureWorker worker = bench.startWorker()) {
        bench.awaitStreaming(name + ".public.t0", name + ".public.t1", name + ".public.t2");
        for (int i = 0; i < Integer.getInteger("backlot.test.steps", 250); i++) {
          ddl.step();
        }
        ddl.finish();
        for (String table : List.of("t0", "t1", "t2")) {
          awaitEqual(connection, name, table, ddl);
          assertThat(bench.read(name + ".public." + table))
              .filteredOn(event -> event.value() != null && event.after() != null)
              .allSatisfy(
                  event ->
                      assertThat(event.after().getSchema().getFields())
                          .filteredOn(field -> !field.name().equals("_exact"))
                          .allMatch(field -> field.getProp("backlot.attnum") != null));
        }
        assertThat(ddl.refused()).noneMatch(message -> message.contains("replica identity"));
        bench.remove(name);
        try (var statement = connection.createStatement();
            var row = statement.executeQuery("SELECT count(*) FROM pg_event_trigger")) {
          row.next();
          assertThat(row.getInt(1)).isZero();
        }
      }
    }
  }

  /** Returns what the guide tells administrators to run. */
  private static String trigger() throws IOException {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("docs/capture.md"))) {
      directory = directory.getParent();
    }
    String guide = Files.readString(directory.resolve("docs/capture.md"));
    int begin = guide.indexOf("CREATE OR REPLACE FUNCTION public.backlot_ddl");
    return guide.substring(begin, guide.indexOf("```", begin));
  }

  @Test
  void a_table_that_loses_its_key_while_another_is_published_is_not_put_back() throws Exception {
    String name = bench.newDatabase();
    bench.execute(name, trigger());
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY, v int)");
    bench.execute(name, "INSERT INTO deal VALUES (1, 0)");
    bench.apply(name, bench.document(name, "\"public.*\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection holder = bench.postgres.connect(name);
        Connection changer = bench.postgres.connect(name)) {
      bench.awaitStreaming(name + ".public.deal");
      holder.setAutoCommit(false);

      holdThePublicationOfAnother(holder, changer);
      execute(changer, "ALTER TABLE deal DROP CONSTRAINT deal_pkey");
      holder.rollback();

      await()
          .atMost(CaptureBench.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                execute(changer, "UPDATE deal SET v = v + 1");
                return bench.metadata.sources().find(name + ".public.deal").isEmpty();
              });
      bench.remove(name);
    }
  }

  /** Returns while capture, which has looked at all tables, waits for one that is held. */
  private static void holdThePublicationOfAnother(Connection holder, Connection changer)
      throws Exception {
    for (int i = 1; i <= 20; i++) {
      String other = "other" + i;
      execute(changer, "CREATE TABLE " + other + " (id int PRIMARY KEY)");
      execute(holder, "LOCK TABLE " + other + " IN ACCESS EXCLUSIVE MODE");
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < deadline) {
        if (holds(
            changer,
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '%s'::regclass)",
            other)) {
          return;
        }
        if (holds(
            changer,
            "SELECT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = '%s'::regclass)",
            other)) {
          break;
        }
      }
      holder.rollback();
    }
    throw new AssertionError("capture never waited for a table");
  }

  private static boolean holds(Connection connection, String sql, String table)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.formatted(table))) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_table_that_lost_its_key_leaves_the_publication_and_begins_anew_with_another()
      throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v int)",
        "INSERT INTO deal SELECT i, i FROM generate_series(1, 9) i");
    bench.apply(name, bench.document(name, "\"public.*\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker();
        Connection connection = bench.postgres.connect(name)) {
      bench.awaitStreaming(source);
      bench.execute(name, "ALTER TABLE deal DROP CONSTRAINT deal_pkey");
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .untilAsserted(() -> bench.execute(name, "UPDATE deal SET v = v + 1"));
      await()
          .atMost(CaptureBench.PATIENCE)
          .until(() -> bench.metadata.sources().find(source).isEmpty());
      await()
          .atMost(CaptureBench.PATIENCE)
          .until(
              () ->
                  bench
                      .metadata
                      .captures()
                      .status(name)
                      .orElseThrow()
                      .details()
                      .contains("CONNECTION_TABLE_KEYLESS"));

      bench.execute(
          name,
          "DELETE FROM deal WHERE id = 9",
          "ALTER TABLE deal ADD PRIMARY KEY (v)",
          "UPDATE deal SET v = 100 WHERE id = 1");
      // Only tables that are published are watched closely; others are looked for now and then.
      bench.awaitStreaming(source);
      SourceStore.StoredSource again = bench.metadata.sources().find(source).orElseThrow();
      assertThat(again.descriptor().epoch()).isEqualTo(2);
      assertThat(again.descriptor().keyColumns()).containsExactly("v");
      bench.execute(name, "UPDATE deal SET id = 50 WHERE v = 100", "DELETE FROM deal WHERE v = 4");
      bench.drain(name);
      assertThat(TopicFold.rows(bench.read(source)))
          .containsExactlyInAnyOrderElementsOf(TopicFold.table(connection, "deal"));
    }
  }

  @Test
  void irrelevant_ddl_disturbs_nothing_and_a_renamed_column_keeps_its_number() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TYPE mood AS ENUM ('sad')",
        "CREATE TABLE deal (id int PRIMARY KEY, old text, m mood)",
        "CREATE ROLE reader_of_" + name,
        "CREATE TABLE other (id int)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(name, "INSERT INTO deal VALUES (1, 'a', 'sad')");
      bench.drain(name);
      SourceStore.StoredSource before = bench.metadata.sources().find(source).orElseThrow();
      for (String irrelevant :
          List.of(
              "CREATE INDEX by_old ON deal (old)",
              "CREATE UNIQUE INDEX CONCURRENTLY by_both ON deal (old, id)",
              "COMMENT ON COLUMN deal.old IS 'x'",
              "GRANT SELECT ON deal TO reader_of_" + name,
              "ALTER TABLE deal ALTER COLUMN old SET STATISTICS 7, ALTER COLUMN old SET DEFAULT"
                  + " 'x'",
              "ALTER TABLE deal ADD CHECK (id > 0), SET (fillfactor = 90)",
              "ALTER TABLE other ADD COLUMN v int",
              "DROP TABLE other",
              "VACUUM FULL deal",
              "CLUSTER deal USING by_old",
              "ALTER TYPE mood ADD VALUE 'glad'",
              "ANALYZE deal")) {
        bench.execute(name, irrelevant, "UPDATE deal SET old = old || '.', m = 'sad'");
      }
      bench.execute(name, "UPDATE deal SET m = 'glad'");
      bench.drain(name);
      SourceStore.StoredSource after = bench.metadata.sources().find(source).orElseThrow();
      assertThat(after.descriptor().epoch()).isEqualTo(1);
      assertThat(bench.metadata.dumps().ofSource(source)).hasSize(1);
      // The enum's new value is the only thing that is new.
      assertThat(after.descriptor().valueSchemaIds().size())
          .isLessThanOrEqualTo(before.descriptor().valueSchemaIds().size() + 1);

      bench.execute(
          name,
          "ALTER TABLE deal RENAME COLUMN old TO tmp",
          "ALTER TABLE deal RENAME COLUMN tmp TO \"new\"",
          "INSERT INTO deal VALUES (2, 'b', 'glad')");
      bench.drain(name);
      assertThat(
              bench.read(source).stream()
                  .filter(event -> event.op().equals("c"))
                  .map(event -> event.after().getSchema().getFields().get(1))
                  .map(field -> field.name() + " " + field.getProp("backlot.attnum")))
          .containsExactlyInAnyOrder("old 2", "new 2");
      assertThat(bench.metadata.dumps().ofSource(source)).hasSize(1);
    }
  }

  private void awaitEqual(Connection connection, String name, String table, RandomDdl ddl) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () -> {
              String source = name + ".public." + table;
              assertThat(bench.metadata.sources().find(source).map(SourceStore.StoredSource::state))
                  .contains(SourceStore.State.STREAMING);
              assertThat(bench.metadata.dumps().open(name)).isEmpty();
              bench.drain(name);
              Map<String, String> numbers = TopicFold.numbers(connection, table);
              List<Map<String, String>> rows =
                  TopicFold.only(TopicFold.rows(bench.read(source)), numbers);
              assertThat(TopicFold.differences(rows, TopicFold.table(connection, table)))
                  .as(() -> table + " after\n" + String.join(";\n", ddl.done()))
                  .isEmpty();
            });
  }
}
