package dev.backlot.capture.postgres;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Settings;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures from a commit until a consumer has its change, at about 1,000 changes a second, without
 * a dump and beside dumps of different chunks. Not a test: run its main by hand.
 *
 * <p>Arguments: rows of the narrow table, rows of the wide one, then chunk sizes, each with {@code
 * xN} behind for N ranges at once.
 */
final class DumpLatency {
  private static final Duration QUIET = Duration.ofSeconds(6);
  private static final int PER_SECOND = 1_000;

  private final CaptureBench bench = CaptureBench.shared();
  private final ConcurrentHashMap<Integer, Long> committed = new ConcurrentHashMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final long[] latencies = new long[2_000_000];
  private final AtomicLong count = new AtomicLong();
  private String name;

  private DumpLatency() {}

  /** Measures. */
  public static void main(String[] arguments) throws Exception {
    new DumpLatency().run(arguments);
    System.exit(0);
  }

  private void run(String[] arguments) throws Exception {
    name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE live (id int PRIMARY KEY, v text)",
        "CREATE TABLE narrow (id bigint PRIMARY KEY, a text, b int, c timestamptz, d numeric(10,2))",
        "INSERT INTO narrow SELECT i, md5(i::text), i, now(), i / 100.0 FROM generate_series(1, "
            + arguments[0]
            + ") i",
        "CREATE TABLE wide (id bigint PRIMARY KEY, a text)",
        "INSERT INTO wide SELECT i, (SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 60) j)"
            + " FROM generate_series(1, "
            + arguments[1]
            + ") i",
        "ANALYZE");
    bench.apply(name, bench.document(name, "\"public.*\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(
          Duration.ofMinutes(5),
          name + ".public.live",
          name + ".public.narrow",
          name + ".public.wide");
      Thread reader = new Thread(this::consume);
      Thread writer = new Thread(this::write);
      reader.start();
      writer.start();
      Thread.sleep(5_000);
      report("no dump", () -> Thread.sleep(QUIET.toMillis()));
      for (String table : List.of("narrow", "wide")) {
        for (String chunk : Arrays.asList(arguments).subList(2, arguments.length)) {
          String[] parts = chunk.split("x");
          int ranges = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
          report(
              table + ", chunks of " + chunk,
              () -> dump(table, Integer.parseInt(parts[0]), ranges));
        }
      }
      report("no dump", () -> Thread.sleep(QUIET.toMillis()));
      stop.set(true);
      writer.join();
      reader.join();
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private void report(String what, Work work) throws Exception {
    count.set(0);
    long begun = System.nanoTime();
    work.run();
    int measured = (int) count.get();
    double seconds = (System.nanoTime() - begun) / 1e9;
    long[] sorted = Arrays.copyOf(latencies, measured);
    Arrays.sort(sorted);
    System.out.println(
        String.format(
            Locale.ROOT,
            "%-28s %6d changes in %5.1f s: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, most %.1f ms %s",
            what,
            measured,
            seconds,
            sorted[measured / 2] / 1e6,
            sorted[measured * 9 / 10] / 1e6,
            sorted[measured * 99 / 100] / 1e6,
            sorted[measured - 1] / 1e6,
            last));
    last = "";
  }

  private String last = "";

  private void dump(String table, int chunkRows, int ranges) throws Exception {
    DumpStore dumps = bench.metadata.dumps();
    Settings settings =
        new Settings(OptionalInt.of(chunkRows), Optional.empty(), OptionalInt.of(ranges));
    long begun = System.nanoTime();
    long id = dumps.request(name + ".public." + table, 1, name, false, "", null, settings);
    while (dumps.find(id).orElseThrow().state().isOpen()) {
      Thread.sleep(50);
    }
    Dump dump = dumps.find(id).orElseThrow();
    double seconds = (System.nanoTime() - begun) / 1e9;
    last =
        String.format(
            Locale.ROOT,
            "(%s: %.0f rows/s, %.1f MB/s, %d chunks)",
            dump.state(),
            dump.progress().readRows() / seconds,
            dump.progress().bytes() / 1e6 / seconds,
            dump.progress().chunks());
  }

  private void write() {
    try (Connection connection = bench.postgres.connect(name);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO live VALUES (?, 'x')")) {
      long begun = System.nanoTime();
      for (int id = 1; !stop.get(); id++) {
        insert.setInt(1, id);
        committed.put(id, System.nanoTime());
        insert.execute();
        committed.put(id, System.nanoTime());
        long due = begun + id * (1_000_000_000L / PER_SECOND);
        long wait = due - System.nanoTime();
        if (wait > 0) {
          java.util.concurrent.locks.LockSupport.parkNanos(wait);
        }
      }
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void consume() {
    String topic =
        bench.metadata.sources().find(name + ".public.live").orElseThrow().descriptor().topic();
    try (KafkaConsumer<byte[], byte[]> consumer = bench.environment.kafka().consumer("latency")) {
      List<TopicPartition> partitions =
          IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      while (!stop.get()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          long now = System.nanoTime();
          if (record.value() == null || record.key().length < 6) {
            continue;
          }
          Long at = committed.remove(id(record.key()));
          if (at != null) {
            latencies[(int) (count.getAndIncrement() % latencies.length)] = now - at;
          }
        }
      }
    }
  }

  /** Reads Avro's zigzag integer behind the frame. */
  private static int id(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key, 5, key.length - 5);
    int value = 0;
    for (int shift = 0; in.hasRemaining(); shift += 7) {
      int next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    return (value >>> 1) ^ -(value & 1);
  }
}
