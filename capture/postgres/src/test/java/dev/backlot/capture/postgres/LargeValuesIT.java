package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.EventHeader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Values that the log leaves out when an update does not touch them. */
class LargeValuesIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void they_are_whole_whatever_writers_do_to_their_rows_meanwhile() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TABLE script (id int PRIMARY KEY, body jsonb, other text, tags text[], pair pair, n"
            + " int)",
        "CREATE TABLE whole (id int PRIMARY KEY, body text, n int)",
        "ALTER TABLE whole REPLICA IDENTITY FULL",
        "ALTER TABLE whole ALTER body SET STORAGE EXTERNAL",
        "ALTER TABLE script ALTER other SET STORAGE EXTERNAL, ALTER tags SET STORAGE EXTERNAL",
        insert("generate_series(1, 20)"),
        "INSERT INTO whole SELECT i, repeat('w' || i, 4000), 0 FROM generate_series(1, 20) i");
    bench.apply(name, bench.document(name, "\"public.*\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection connection = bench.postgres.connect(name)) {
      bench.awaitStreaming(name + ".public.script", name + ".public.whole");
      CompletableFuture<Void> one = CompletableFuture.runAsync(() -> write(name, 1));
      CompletableFuture<Void> other = CompletableFuture.runAsync(() -> write(name, 2));
      one.get();
      other.get();
      bench.drain(name);

      for (String table : new String[] {"script", "whole"}) {
        Map<String, String> numbers = TopicFold.numbers(connection, table);
        var events = bench.read(name + ".public." + table);
        assertThat(
                TopicFold.differences(
                    TopicFold.only(TopicFold.rows(events), numbers),
                    TopicFold.table(connection, table)))
            .as(table)
            .isEmpty();
        assertThat(events)
            .filteredOn(event -> event.value() != null && event.after() != null)
            .allMatch(event -> event.after().get("body") != null);
      }
    }
  }

  private static String insert(String series) {
    return "INSERT INTO script SELECT i, jsonb_build_object('t', repeat('body ' || i, 2000)),"
        + " repeat('o' || i, 3000), ARRAY[repeat('x' || i, 3000), 'y'], ROW(i, repeat('p' ||"
        + " i, 2000))::pair, 0 FROM "
        + series
        + " i ON CONFLICT DO NOTHING";
  }

  private void write(String name, long seed) {
    Random random = new Random(seed);
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 200; i++) {
        int id = 1 + random.nextInt(24);
        String sql =
            switch (random.nextInt(9)) {
              case 0 -> "DELETE FROM script WHERE id = " + id;
              case 1 ->
                  "BEGIN; "
                      + insert("generate_series(%1$d, %1$d)".formatted(id))
                      + "; UPDATE script SET n = n + 1 WHERE id = %d; COMMIT".formatted(id);
              case 2 -> "UPDATE script SET id = id + 100 WHERE id = " + id;
              case 3 -> "UPDATE script SET id = id - 100 WHERE id = " + (id + 100);
              case 4 -> "UPDATE script SET other = other || '.' WHERE id = " + id;
              case 5 -> "UPDATE whole SET n = n + 1 WHERE id = " + id;
              case 6 -> "UPDATE script SET n = n + 1";
              default -> "UPDATE script SET n = n + 1 WHERE id = " + id;
            };
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          // A key that is taken, or two writers that wait for one another.
          statement.execute("ROLLBACK");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void more_of_them_than_the_heap_holds_are_read_again_few_at_once() throws Exception {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE script (id int PRIMARY KEY, body jsonb, n int)");
    bench.apply(name, bench.document(name, "\"public.script\""));
    String source = name + ".public.script";
    try (SmallWorker worker = SmallWorker.start(bench, "160m")) {
      bench.awaitStreaming(source);
      bench.execute(
          name,
          "INSERT INTO script SELECT i, jsonb_build_object('t', repeat('body ' || i, 200000)), 0"
              + " FROM generate_series(1, 200) i",
          "UPDATE script SET n = 1");
      var asked = bench.metadata.captures().requestDrain(name);
      Awaitility.await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> !worker.isAlive() || bench.metadata.captures().drained(name, asked));

      assertThat(worker.isAlive()).isTrue();
      String topic = bench.metadata.sources().find(source).orElseThrow().descriptor().topic();
      assertThat(wholeUpdates(topic)).isEqualTo(200);
    }
  }

  private int wholeUpdates(String topic) {
    int whole = 0;
    try (KafkaConsumer<byte[], byte[]> consumer = bench.environment.kafka().consumer("test")) {
      var partitions = IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          EventHeader header = EventHeader.decode(record.headers().lastHeader("backlot").value());
          if (!header.isControl() && header.flags() == EventHeader.RESELECTED) {
            whole += record.value().length > 1_000_000 ? 1 : 0;
          }
        }
      }
    }
    return whole;
  }
}
