package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.capture.worker.CaptureWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A table's life, from its dump to its last change. */
class CaptureIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void a_table_is_dumped_and_then_followed() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE movie (id int PRIMARY KEY, title text, price numeric(10,2))",
        "INSERT INTO movie SELECT i, 'movie ' || i, i / 3.0 FROM generate_series(1, 25000) i");
    bench.apply(name, bench.document(name, "\"public.movie\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.movie");

      bench.execute(
          name,
          "INSERT INTO movie VALUES (0, 'new', NULL)",
          "UPDATE movie SET title = 'changed' WHERE id = 1",
          "DELETE FROM movie WHERE id = 2");
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(name + ".public.movie");
      Map<String, String> rows = CaptureBench.latest(events);
      assertThat(rows).hasSize(25_000);
      assertThat(rows.get("{\"id\": 1}")).contains("\"title\": \"changed\"");
      assertThat(rows).doesNotContainKey("{\"id\": 2}").containsKey("{\"id\": 0}");
      assertThat(events.stream().filter(e -> e.op().equals("r")).count()).isEqualTo(25_000);
    }
  }

  @Test
  void hostile_names_and_contents_arrive_intact() {
    String name = bench.newDatabase();
    String large = "😀 quote\" and 'this' \\".repeat(250_000);
    bench.execute(
        name,
        "CREATE SCHEMA \"My.Schema\"",
        "CREATE TABLE \"My.Schema\".\"Ta\"\"ble x\" (\"K ey\" text, \"select\" int, \"Väl.ue'\\\" text,"
            + " PRIMARY KEY (\"select\", \"K ey\"))");
    String insert = "INSERT INTO \"My.Schema\".\"Ta\"\"ble x\" VALUES ('%s', 1, %s)";
    bench.execute(
        name,
        insert.formatted("a''b\\", "repeat('x', 4194304)"),
        insert.formatted("", "''"),
        insert.formatted("null", "NULL"),
        "INSERT INTO \"My.Schema\".\"Ta\"\"ble x\" SELECT 'k' || i, 2, i::text FROM generate_series(1, 30) i");
    bench.apply(name, bench.document(name, "\"\\\"My.Schema\\\".*\""));
    String source = name + ".\"My.Schema\".\"Ta\"\"ble x\"";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(name, insert.formatted("log", "'" + large.replace("'", "''") + "'"));
      bench.drain(name);
      Map<String, String> rows = new java.util.HashMap<>();
      for (CaptureBench.Event event : bench.read(source)) {
        if (event.value() != null) {
          Object value = event.after().get(2);
          rows.put(event.key().get(1).toString(), value == null ? null : value.toString());
        }
      }
      assertThat(rows).hasSize(34).containsEntry("", "").containsEntry("null", null);
      assertThat(rows.get("log")).isEqualTo(large);
      assertThat(rows.get("a'b\\")).isEqualTo("x".repeat(4 << 20));
    }
  }

  @Test
  void key_changes_deletes_and_truncates_are_told_in_full() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (a int, b text, v text, PRIMARY KEY (b, a))");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(
          name,
          "INSERT INTO deal VALUES (1, 'x', 'first'), (2, 'y', 'second')",
          "UPDATE deal SET a = 3, v = 'moved' WHERE a = 1",
          "DELETE FROM deal WHERE a = 2",
          "INSERT INTO deal VALUES (4, 'z', 'gone by truncate')",
          "TRUNCATE deal",
          "INSERT INTO deal VALUES (5, 'w', 'last')");
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(source);
      List<String> told =
          events.stream()
              .filter(e -> e.control() == null)
              .sorted(java.util.Comparator.comparing(e -> e.header().position()))
              .map(e -> e.op() + (e.value() == null ? "tombstone " : " ") + e.key().get("a"))
              .toList();
      assertThat(told)
          .containsExactly(
              "c 1", "c 2", "d 1", "tombstone 1", "c 3", "d 2", "tombstone 2", "c 4", "c 5");
      assertThat(events.stream().filter(e -> e.op().equals("t")).map(CaptureBench.Event::partition))
          .containsExactly(0, 1, 2, 3);
      assertThat(CaptureBench.latest(events).values()).singleElement().asString().contains("last");
      assertThat(
              events.stream()
                  .filter(e -> e.op().equals("d"))
                  .findFirst()
                  .orElseThrow()
                  .before()
                  .get("v"))
          .isNull();
    }
  }

  @Test
  void unchanged_large_values_are_never_nulled() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE script (id int PRIMARY KEY, body text, n int, k text)",
        "ALTER TABLE script ALTER body SET STORAGE EXTERNAL",
        "CREATE TABLE scene (id int PRIMARY KEY, body text, n int)",
        "ALTER TABLE scene ALTER body SET STORAGE EXTERNAL",
        "ALTER TABLE scene REPLICA IDENTITY FULL");
    bench.apply(name, bench.document(name, "\"public.*\""));
    String source = name + ".public.script";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source, name + ".public.scene");
      bench.execute(
          name,
          "INSERT INTO script SELECT i, repeat('body ' || i || ' ', 2000), 0, '' FROM generate_series(1, 300) i",
          "INSERT INTO scene SELECT i, repeat('scene ' || i || ' ', 2000), 0 FROM generate_series(1, 5) i",
          "UPDATE script SET n = 1",
          "UPDATE scene SET n = 1",
          "UPDATE script SET id = 1000 WHERE id = 7",
          "UPDATE script SET n = 2 WHERE id = 8",
          "DELETE FROM script WHERE id = 9",
          // gone, or under another key, before anyone can read what the first update left out
          "UPDATE script SET id = 2000 WHERE id = 10; DELETE FROM script WHERE id = 2000",
          "UPDATE script SET id = 3000 WHERE id = 11; UPDATE script SET id = 3001 WHERE id = 3000");
      bench.drain(name);

      for (CaptureBench.Event event : bench.read(source)) {
        if (event.value() != null && event.after() != null) {
          assertThat(event.after().get("body")).as(event.op()).isNotNull();
        }
      }
      List<CaptureBench.Event> events = bench.read(source);
      assertThat(CaptureBench.latest(events))
          .hasSize(298)
          .doesNotContainKeys("{\"id\": 10}", "{\"id\": 2000}", "{\"id\": 11}", "{\"id\": 3000}");
      assertThat(CaptureBench.latest(events).get("{\"id\": 3001}")).contains("body 11 ");
      assertThat(CaptureBench.latest(events).get("{\"id\": 1000}")).contains("body 7 ");
      assertThat(events.stream().filter(e -> e.header().flags() == 2).count()).isGreaterThan(290);
      assertThat(CaptureBench.latest(bench.read(name + ".public.scene")).values())
          .hasSize(5)
          .allSatisfy(row -> assertThat(row).contains("scene ").contains("\"n\": 1"));
    }
  }

  @Test
  void a_replica_identity_that_becomes_full_is_noted_and_told() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE slot (id int PRIMARY KEY, movie_id int)");
    bench.apply(name, bench.document(name, "\"public.*\""));
    String source = name + ".public.slot";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(
          name,
          "INSERT INTO slot VALUES (1, 10), (2, 20)",
          "UPDATE slot SET movie_id = 11 WHERE id = 1",
          "DELETE FROM slot WHERE id = 2");
      bench.drain(name);
      assertThat(wholeBeforeSince(source)).isEmpty();
      assertThat(bench.read(source)).noneMatch(event -> event.header().hasWholeBefore());

      bench.execute(name, "ALTER TABLE slot REPLICA IDENTITY FULL");

      await().atMost(Duration.ofSeconds(30)).until(() -> !wholeBeforeSince(source).isEmpty());
      String since = wholeBeforeSince(source);
      bench.execute(
          name, "UPDATE slot SET movie_id = 12 WHERE id = 1", "DELETE FROM slot WHERE id = 1");
      bench.drain(name);
      assertThat(bench.read(source).stream().filter(e -> e.header().hasWholeBefore()).toList())
          .hasSize(2)
          .allSatisfy(
              event -> {
                assertThat(event.before().get("movie_id")).isIn(11, 12);
                assertThat(event.header().sourceMicros())
                    .isGreaterThan(Instant.parse(since).toEpochMilli() * 1000);
              });
      bench.execute(name, "ALTER TABLE slot REPLICA IDENTITY DEFAULT");
      await().atMost(Duration.ofSeconds(30)).until(() -> wholeBeforeSince(source).isEmpty());
      bench.execute(name, "ALTER TABLE slot REPLICA IDENTITY FULL");
      await().atMost(Duration.ofSeconds(30)).until(() -> wholeBeforeSince(source).equals(since));
    }
  }

  private String wholeBeforeSince(String source) {
    return bench.metadata.sources().find(source).orElseThrow().descriptor().wholeBeforeSince();
  }

  @Test
  void a_new_column_gets_a_new_schema_and_tables_come_and_go_alone() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE a (id int PRIMARY KEY, v text)",
        "CREATE TABLE b (id int PRIMARY KEY)",
        "CREATE TABLE keyless (v int)",
        "INSERT INTO a VALUES (1, 'one')");
    bench.apply(name, bench.document(name, "\"public.a\", \"public.keyless\", \"public.absent\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.a");
      bench.execute(
          name,
          "ALTER TABLE a ADD COLUMN w int",
          "INSERT INTO a VALUES (2, 'two', 22)",
          "ALTER TABLE a DROP COLUMN v",
          "INSERT INTO a VALUES (3, 33)",
          "INSERT INTO b VALUES (1)");
      bench.drain(name);
      Map<String, String> rows = CaptureBench.latest(bench.read(name + ".public.a"));
      assertThat(rows.get("{\"id\": 2}")).contains("\"v\": \"two\", \"w\": 22");
      assertThat(rows.get("{\"id\": 3}")).contains("\"w\": 33").doesNotContain("\"v\"");
      assertThat(
              bench
                  .metadata
                  .sources()
                  .find(name + ".public.a")
                  .orElseThrow()
                  .descriptor()
                  .valueSchemaIds())
          .hasSize(3);
      var status = bench.metadata.captures().status(name).orElseThrow();
      assertThat(status.details())
          .contains("CONNECTION_TABLE_KEYLESS")
          .contains("CONNECTION_TABLE_MISSING");
      long generation = bench.read(name + ".public.a").get(0).header().generation();

      bench.apply(name, bench.document(name, "\"public.a\", \"public.b\""));
      bench.awaitStreaming(name + ".public.b");
      bench.execute(name, "INSERT INTO b VALUES (2)", "INSERT INTO a VALUES (4, 44)");
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(name + ".public.b"))).hasSize(2);
      assertThat(bench.read(name + ".public.a"))
          .allSatisfy(e -> assertThat(e.header().generation()).isEqualTo(generation));

      bench.apply(name, bench.document(name, "\"public.b\""));
      org.awaitility.Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .until(() -> bench.metadata.sources().find(name + ".public.a").isEmpty());
      bench.apply(name, bench.document(name, "\"public.a\", \"public.b\""));
      bench.awaitStreaming(name + ".public.a");
      assertThat(
              bench.metadata.sources().find(name + ".public.a").orElseThrow().descriptor().epoch())
          .isEqualTo(2);
      assertThat(CaptureBench.latest(bench.read(name + ".public.a"))).hasSize(4);

      bench.remove(name);
      assertThat(bench.metadata.sources().find(name + ".public.a")).isEmpty();
    }
  }

  @Test
  void a_part_or_some_keys_can_be_dumped_again() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, \"Status\" text)",
        "INSERT INTO deal SELECT i, CASE i % 3 WHEN 0 THEN 'open' END FROM generate_series(1, 30) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      var dumps = bench.metadata.dumps();
      long part =
          dumps.request(
              source, 1, name, false, "\"Status\" = 'open' AND NOT id BETWEEN 1 AND 15", null);
      long keys =
          dumps.request(
              source, 1, name, false, "", List.of(List.of("1"), List.of("30"), List.of("99")));
      long evil = dumps.request(source, 1, name, false, "id = 1); DROP TABLE deal; --", null);
      long bad =
          dumps.request(source, 1, name, false, "", List.of(List.of("x'); DROP TABLE deal; --")));
      for (long id : new long[] {part, keys, evil, bad}) {
        org.awaitility.Awaitility.await()
            .atMost(CaptureBench.PATIENCE)
            .until(() -> dumps.find(id).orElseThrow().finishedAt().isPresent());
      }
      assertThat(dumps.find(part).orElseThrow().dumpedRows()).isEqualTo(5);
      // The third is not there: it is ended.
      assertThat(dumps.find(keys).orElseThrow().dumpedRows()).isEqualTo(3);
      assertThat(dumps.find(evil).orElseThrow().reason()).contains("Cannot read predicate");
      assertThat(dumps.find(bad).orElseThrow().reason()).contains("invalid input syntax");
      assertThat(bench.read(source).stream().filter(e -> e.op().equals("r")).count())
          .isEqualTo(30 + 5 + 2);
    }
  }

  @Test
  void a_partitioned_table_is_captured_as_its_root() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE shift (day date, id int, v text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day)",
        "CREATE TABLE shift_1 PARTITION OF shift FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
        "INSERT INTO shift VALUES ('2024-01-05', 1, 'dumped')");
    bench.apply(name, bench.document(name, "\"public.*\""));
    String source = name + ".public.shift";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.execute(
          name,
          "CREATE TABLE shift_2 PARTITION OF shift FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')",
          "INSERT INTO shift VALUES ('2024-02-05', 2, 'new partition')",
          "UPDATE shift SET day = '2024-02-06' WHERE id = 1");
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(source)).values())
          .hasSize(2)
          .anyMatch(row -> row.contains("dumped"))
          .anyMatch(row -> row.contains("new partition"));
      assertThat(bench.metadata.sources().ofConnection(name)).hasSize(1);
    }
  }
}
