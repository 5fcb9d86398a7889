package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.EventHeader;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Transactions that end well, that don't, and that are larger than memory. */
class TransactionsIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void what_was_rolled_back_leaves_no_trace() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY, v text)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      bench.execute(
          name,
          "BEGIN",
          "INSERT INTO deal VALUES (1, 'kept')",
          "SAVEPOINT a",
          "INSERT INTO deal VALUES (2, 'undone')",
          "UPDATE deal SET v = 'undone' WHERE id = 1",
          "SAVEPOINT b",
          "INSERT INTO deal VALUES (3, 'undone with the outer one')",
          "RELEASE b",
          "ROLLBACK TO a",
          "INSERT INTO deal VALUES (4, 'kept')",
          "COMMIT",
          "BEGIN",
          "INSERT INTO deal SELECT i, repeat('undone', 1000) FROM generate_series(100, 20000) i",
          "DELETE FROM deal",
          "ROLLBACK",
          "BEGIN",
          "INSERT INTO deal VALUES (5, 'undone')",
          "PREPARE TRANSACTION 'undone_" + name + "'",
          "ROLLBACK PREPARED 'undone_" + name + "'",
          "BEGIN",
          "INSERT INTO deal VALUES (6, 'kept')",
          "PREPARE TRANSACTION 'kept_" + name + "'",
          "INSERT INTO deal VALUES (7, 'kept, before 6')",
          "COMMIT PREPARED 'kept_" + name + "'");
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(name + ".public.deal");
      assertThat(
              events.stream()
                  .filter(e -> e.control() == null)
                  .sorted(java.util.Comparator.comparing(e -> e.header().position()))
                  .map(e -> e.op() + " " + e.key().get("id") + " " + e.after().get("v")))
          .containsExactly("c 1 kept", "c 4 kept", "c 7 kept, before 6", "c 6 kept");
    }
  }

  @Test
  void a_transaction_larger_than_the_heap_is_captured() throws Exception {
    int rows = Integer.getInteger("backlot.test.rows", 200_000);
    int width = Integer.getInteger("backlot.test.width", 30);
    String heap = System.getProperty("backlot.test.heap", "160m");
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE shot (id int PRIMARY KEY, note text)");
    bench.apply(name, bench.document(name, "\"public.shot\""));
    String source = name + ".public.shot";
    try (SmallWorker worker = SmallWorker.start(bench, heap)) {
      bench.awaitStreaming(source);
      long began = System.nanoTime();
      bench.execute(
          name,
          ("INSERT INTO shot SELECT i, (SELECT string_agg(md5((i * 100 + k)::text), '') FROM"
                  + " generate_series(1, %d) k) FROM generate_series(1, %d) i")
              .formatted(width, rows));
      long committed = System.nanoTime();
      var asked = bench.metadata.captures().requestDrain(name);
      Awaitility.await()
          .atMost(Duration.ofMinutes(10))
          .until(() -> !worker.isAlive() || bench.metadata.captures().drained(name, asked));
      long drained = System.nanoTime();

      assertThat(worker.isAlive()).isTrue();
      String topic = bench.metadata.sources().find(source).orElseThrow().descriptor().topic();
      assertThat(idsInOrder(topic)).isEqualTo(rows);
      System.out.printf(
          "%d rows in one transaction, heap %s: %.1f s to commit, %.1f s more to capture%n",
          rows, heap, (committed - began) / 1e9, (drained - committed) / 1e9);
    }
  }

  /** Returns how many ids a topic has; each once, and per partition in the order of the inserts. */
  private int idsInOrder(String topic) {
    BitSet ids = new BitSet();
    int[] last = new int[4];
    try (KafkaConsumer<byte[], byte[]> consumer = bench.environment.kafka().consumer("test")) {
      List<TopicPartition> partitions =
          IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (EventHeader.decode(record.headers().lastHeader("backlot").value()).isControl()) {
            continue;
          }
          int id = (Integer) bench.decode(record.key()).get(0);
          assertThat(ids.get(id)).isFalse();
          assertThat(id).isGreaterThan(last[record.partition()]);
          ids.set(id);
          last[record.partition()] = id;
        }
      }
    }
    return ids.cardinality();
  }
}
