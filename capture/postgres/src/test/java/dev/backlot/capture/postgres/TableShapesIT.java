package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.SourceStore.StoredSource;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tables of every shape that PostgreSQL has: their rows arrive, each in its own Source. */
class TableShapesIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void tables_of_every_shape_are_told_by_dump_and_by_log() throws Exception {
    String name = bench.newDatabase();
    String columns =
        IntStream.range(1, 1600).mapToObj(i -> "c" + i + " int").collect(Collectors.joining(", "));
    bench.execute(
        name,
        "CREATE TABLE computed (g int GENERATED ALWAYS AS (a * 2) STORED, a int, id int GENERATED"
            + " ALWAYS AS IDENTITY PRIMARY KEY)",
        "CREATE TABLE parent (id int PRIMARY KEY, v text)",
        "CREATE TABLE child (extra int, PRIMARY KEY (id)) INHERITS (parent)",
        "CREATE TABLE keyless_child () INHERITS (parent)",
        "CREATE TABLE dropped (x int, id int PRIMARY KEY, y int, v text)",
        "ALTER TABLE dropped DROP COLUMN x, DROP COLUMN y",
        "CREATE TABLE widest (id int PRIMARY KEY, " + columns + ")",
        "CREATE TABLE nothing ()",
        "CREATE TABLE late_key (id int PRIMARY KEY DEFERRABLE, v int)",
        "CREATE TABLE \"sel\"\"ect 'x' ü\" (\"order\" int PRIMARY KEY, \"a.b\" int, \"_exact\" int)");
    List<String> tables =
        List.of("computed", "ONLY parent", "child", "dropped", "widest", "\"sel\"\"ect 'x' ü\"");
    fill(name, 1);
    bench.apply(name, bench.document(name, "\"public.*\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection connection = bench.postgres.connect(name)) {
      bench.awaitStreaming(
          tables.stream()
              .map(table -> name + ".public." + table.replace("ONLY ", ""))
              .toArray(String[]::new));
      fill(name, 5);
      bench.execute(
          name,
          "UPDATE computed SET a = a + 1",
          "UPDATE parent SET v = v || '!'",
          "UPDATE keyless_child SET v = 'may be written'",
          "UPDATE late_key SET v = 3",
          "DELETE FROM child WHERE id = 11",
          "UPDATE dropped SET v = 'u' WHERE id = 1",
          "UPDATE widest SET c7 = 8, c1599 = NULL WHERE id = 1");
      bench.drain(name);

      for (String table : tables) {
        assertEqual(connection, name, table);
      }
      assertThat(bench.metadata.sources().ofConnection(name)).hasSize(tables.size());
      assertThat(bench.metadata.captures().status(name).orElseThrow().details())
          .contains("public.nothing", "public.late_key", "public.keyless_child");
    }
  }

  private void fill(String name, int from) {
    bench.execute(
        name,
        "INSERT INTO computed (a) SELECT i FROM generate_series(1, 3) i",
        "INSERT INTO parent SELECT i, 'p' FROM generate_series(%1$d, %1$d + 2) i".formatted(from),
        "INSERT INTO child SELECT i + 10, 'c', i FROM generate_series(%1$d, %1$d + 2) i"
            .formatted(from),
        "INSERT INTO keyless_child SELECT i + 20, 'k' FROM generate_series(1, 3) i",
        "INSERT INTO dropped SELECT i, 'd' FROM generate_series(%1$d, %1$d + 2) i".formatted(from),
        "INSERT INTO widest (id, c1, c800, c1599) VALUES (%1$d, 1, %1$d, 3)".formatted(from),
        "INSERT INTO late_key VALUES (%d, 1)".formatted(from),
        "INSERT INTO \"sel\"\"ect 'x' ü\" VALUES (%d, 2, 3)".formatted(from));
  }

  @Test
  void partitions_come_go_and_differ_and_only_their_root_is_told() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE shift (day int, id int, v text, n numeric(8,2), PRIMARY KEY (day, id))"
            + " PARTITION BY RANGE (day)",
        "CREATE TABLE shift_1 (gone int, n numeric(8,2), v text, id int NOT NULL, day int NOT NULL)",
        "ALTER TABLE shift_1 DROP COLUMN gone",
        "ALTER TABLE shift ATTACH PARTITION shift_1 FOR VALUES FROM (101) TO (201)",
        "CREATE TABLE shift_2 PARTITION OF shift FOR VALUES FROM (201) TO (301)"
            + " PARTITION BY LIST (id)",
        "CREATE TABLE shift_2_odd PARTITION OF shift_2 FOR VALUES IN (1, 3, 5)",
        "CREATE TABLE shift_2_rest PARTITION OF shift_2 DEFAULT",
        "INSERT INTO shift VALUES (105, 1, 'dumped', 1.5), (205, 3, 'dumped', 2)");
    bench.apply(name, bench.document(name, "\"public.shift\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection connection = bench.postgres.connect(name)) {
      bench.awaitStreaming(name + ".public.shift");
      bench.execute(
          name,
          "INSERT INTO shift VALUES (106, 2, 'log', 3), (206, 4, 'log', 4)",
          "INSERT INTO shift_1 (id, day, v, n) VALUES (7, 107, 'into the leaf', 7.25)",
          "UPDATE shift SET day = 209, v = 'moved' WHERE id = 1",
          "UPDATE shift SET id = 5 WHERE id = 4",
          "CREATE TABLE shift_3 (v text, n numeric(8,2), day int NOT NULL, id int NOT NULL)",
          "INSERT INTO shift VALUES (108, 8, repeat('large ', 9000), 1)",
          "ALTER TABLE shift ATTACH PARTITION shift_3 FOR VALUES FROM (301) TO (401)",
          "INSERT INTO shift VALUES (301, 9, 'attached', 9)",
          "UPDATE shift SET n = n + 1",
          "ALTER TABLE shift ADD COLUMN w int",
          "UPDATE shift SET w = id WHERE id > 4",
          "DELETE FROM shift_3",
          "ALTER TABLE shift DETACH PARTITION shift_3",
          "INSERT INTO shift_3 VALUES ('not captured', 1, 302, 11)");
      bench.drain(name);

      assertEqual(connection, name, "shift");
      assertThat(bench.metadata.sources().ofConnection(name))
          .extracting(StoredSource::descriptor)
          .extracting(source -> source.table())
          .containsExactly("shift");
    }
  }

  private void assertEqual(Connection connection, String name, String table) throws Exception {
    String plain = table.replace("ONLY ", "");
    Map<String, String> numbers = TopicFold.numbers(connection, plain);
    List<Map<String, String>> rows =
        TopicFold.only(TopicFold.rows(bench.read(name + ".public." + plain)), numbers);
    assertThat(rows).as(table).isNotEmpty();
    assertThat(TopicFold.differences(rows, TopicFold.table(connection, table))).as(table).isEmpty();
  }
}
