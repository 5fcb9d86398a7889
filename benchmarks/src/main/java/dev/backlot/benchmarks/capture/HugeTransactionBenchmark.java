package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Position;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One transaction of ten million rows, and one that is rolled back before it, through a worker with
 * a small heap.
 */
public final class HugeTransactionBenchmark implements Benchmark {
  private static final int ROWS = 10_000_000;
  private static final int FIRST_ROWS = 1_000;
  private static final long HEAP_MEGABYTES = 512;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public String title() {
    return "one transaction of " + ROWS + " rows through a worker with a small heap";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured("Backlot's heap", "-Xmx" + HEAP_MEGABYTES + "m instead");
    int rows = scale.of(ROWS, 300_000);
    int lost = rows / 10;
    Shape shape = Shape.NARROW;
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers, "-Xmx" + HEAP_MEGABYTES + "m");
      new Workload(servers, shape, FIRST_ROWS);
      ours.start();
      String topic = ours.add(shape);
      ours.drain(shape);
      try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
        long base = watch.count();
        int first = FIRST_ROWS + 1;
        servers.execute(
            shape.database(),
            "BEGIN",
            shape.insert(String.valueOf(first), String.valueOf(first + lost - 1)),
            "ROLLBACK");
        Spent before = Spent.now(ours.child().process(), servers);
        long begin = System.nanoTime();
        servers.execute(
            shape.database(),
            "BEGIN",
            shape.insert(String.valueOf(first), String.valueOf(first + rows - 1)),
            "COMMIT");
        long committed = System.nanoTime();
        watch.await(base + 1, PATIENCE);
        long seen = System.nanoTime();
        watch.await(base + rows, PATIENCE);
        ours.drain(shape);
        long done = System.nanoTime();
        Spent spent = Spent.now(ours.child().process(), servers).since(before);
        Memory memory = ours.memory();
        report.figure("rows in one transaction", String.format(Locale.ROOT, "%,d", rows));
        report.figure("written and committed in", seconds(begin, committed));
        report.figure("commit to the first record in Kafka", seconds(committed, seen));
        report.figure(
            "commit to the last record acknowledged",
            seconds(committed, done)
                + String.format(
                    Locale.ROOT, ", %,.0f events/s", rows * 1e9 / Math.max(1, done - committed)));
        report.figure(
            "CPU µs per event",
            String.format(
                Locale.ROOT,
                "its own %.2f, PostgreSQL %.2f (writing included), broker %.2f",
                (double) spent.own() / rows,
                (double) spent.postgres() / rows,
                (double) spent.broker() / rows));
        report.figure("memory", memory.text());
        verify(watch, first, rows, report);
        report.verified("a transaction of " + lost + " rows that was rolled back left no record");
        report.add(
            Bar.below(
                "the worker's heap, MB, at its fullest (-Xmx)",
                Memory.megabytes(memory.peak()),
                HEAP_MEGABYTES));
      }
    }
    return report;
  }

  private static String seconds(long from, long to) {
    return String.format(Locale.ROOT, "%.1f s", (to - from) / 1e9);
  }

  /** Reads the topic: each row once, and each partition in the order of the log. */
  private static void verify(TopicWatch watch, int first, int rows, Report report) {
    BitSet found = new BitSet(rows);
    Order order = new Order();
    long[] strange = new long[1];
    watch.read(
        record -> {
          if (TopicWatch.header(record).filter(h -> h.isControl() || h.isDump()).isPresent()) {
            return;
          }
          order.take(record);
          long at = TopicState.id(record.key()) - first;
          if (record.value() == null || at < 0 || at >= rows || found.get((int) at)) {
            strange[0]++;
          } else {
            found.set((int) at);
          }
        });
    if (found.cardinality() != rows || strange[0] != 0 || order.broken != 0) {
      throw new IllegalStateException(
          found.cardinality()
              + " of "
              + rows
              + " rows, "
              + strange[0]
              + " records that are none or come twice, "
              + order.broken
              + " out of order");
    }
    report.verified("each of " + rows + " rows once, each partition in the order of the log");
  }

  /** Positions must rise in each partition. */
  private static final class Order {
    private final Map<Integer, Position> last = new HashMap<>();
    private long broken;

    void take(ConsumerRecord<byte[], byte[]> record) {
      Position position =
          TopicWatch.header(record)
              .map(EventHeader::position)
              .orElseThrow(() -> new IllegalStateException("A record has no position"));
      Position before = last.put(record.partition(), position);
      if (before != null && before.compareTo(position) >= 0) {
        broken++;
      }
    }
  }
}
