package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.event.Op;
import dev.backlot.transport.Marks;
import dev.backlot.transport.SourceStream;
import dev.backlot.warehouse.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nothing lost and nothing doubled, whatever ends while work is in flight. */
final class ExactnessIT {
  private static final Logger LOG = LoggerFactory.getLogger(ExactnessIT.class);
  private static final int FAILURES = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int REWRITES = 5;
  private static final AtomicBoolean FAIL = new AtomicBoolean();

  private final SinkServers servers = SinkServers.shared();
  private final AtomicInteger rewrites = new AtomicInteger();

  @Test
  void unionAndTwoSinksAreExactUnderFailuresAndRewrites() throws Exception {
    long seed = System.nanoTime();
    LOG.info("Seed {}", seed);
    Random random = new Random(seed);
    try (TestTopic first = servers.topic(3);
        TestTopic second = servers.topic(2)) {
      TableName all = servers.newTable(first, second);
      TableName even = servers.newTable(first);
      CountDownLatch stop = new CountDownLatch(1);
      AtomicInteger written = new AtomicInteger();
      Thread writer = new Thread(() -> write(first, second, written, stop));
      Thread rewriter = new Thread(() -> rewrite(all, stop));
      writer.start();
      rewriter.start();

      JobID job = submit(all, even, first, second);
      for (int failure = 0; failure < FAILURES; failure++) {
        // A failure counts only when the job has worked since the last one.
        Marks before = servers.marks(all);
        Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> !servers.marks(all).equals(before));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
        switch (failure % 4) {
          case 0 -> {
            servers.cancel(job);
            job = submit(all, even, first, second);
          }
          case 1 -> FAIL.set(true);
          case 2 -> servers.crashPostgres();
          default -> servers.replaceTaskManager();
        }
      }
      Awaitility.await().atMost(PATIENCE).until(() -> rewrites.get() >= REWRITES);
      stop.countDown();
      writer.join();
      rewriter.join();
      LOG.info("{} rows per Source, {} rewrites", written, rewrites);
      servers.awaitEnd(all, first, PATIENCE);
      servers.awaitEnd(all, second, PATIENCE);
      servers.awaitEnd(even, first, PATIENCE);
      servers.cancel(job);

      assertExact(all, written.get(), id -> true, first, second);
      assertExact(even, written.get(), id -> id % 2 == 0, first);
    }
  }

  private JobID submit(TableName all, TableName even, TestTopic first, TestTopic second)
      throws Exception {
    StreamExecutionEnvironment env = servers.job();
    IcebergTableSink allSink =
        new IcebergTableSink(
            "all",
            servers.lake.settings(),
            all,
            List.of(first.plan(), second.plan()),
            RowIdentity.RECORD);
    IcebergTableSink evenSink =
        new IcebergTableSink(
            "even", servers.lake.settings(), even, List.of(first.plan()), RowIdentity.RECORD);
    SourceStream firstStream =
        servers.read(env, List.of(allSink.marks(), evenSink.marks()), 2, first).get(0);
    SourceStream secondStream = servers.read(env, List.of(allSink.marks()), 2, second).get(0);
    servers.attach(allSink, List.of(firstStream, secondStream), failing(), 2, first);
    servers.attach(evenSink, List.of(firstStream), row -> row.getLong(0) % 2 == 0, 2, first);
    return servers.submit(env);
  }

  private static FilterFunction<RowData> failing() {
    return row -> {
      if (FAIL.compareAndSet(true, false)) {
        throw new IllegalStateException("Failed on purpose");
      }
      return true;
    };
  }

  private static void write(
      TestTopic first, TestTopic second, AtomicInteger written, CountDownLatch stop) {
    try {
      while (!stop.await(5, TimeUnit.MILLISECONDS)) {
        for (int i = 0; i < 15; i++) {
          int id = written.getAndIncrement();
          first.row(Op.CREATE, id, "first " + id, 1);
          second.row(Op.CREATE, id, "second " + id, 1);
          if (id % 5 == 0) {
            first.tombstone(id, 1);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Replaces files by copies of themselves, as compaction would, again and again. */
  private void rewrite(TableName name, CountDownLatch stop) {
    try {
      while (!stop.await(150, TimeUnit.MILLISECONDS)) {
        Table table = servers.lake.load(name);
        if (table.currentSnapshot() == null) {
          continue;
        }
        List<DataFile> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
          tasks.forEach(task -> files.add(task.file()));
        }
        if (files.isEmpty()) {
          continue;
        }
        DataFile old = files.get(files.size() / 2);
        Path from = Path.of(java.net.URI.create(old.location()).getPath());
        Path to = from.resolveSibling("copy-" + rewrites.get() + "-" + from.getFileName());
        Files.copy(from, to);
        DataFile copy =
            DataFiles.builder(table.spec())
                .copy(old)
                .withPath(old.location().replace(from.toString(), to.toString()))
                .build();
        try {
          table
              .newRewrite()
              .validateFromSnapshot(table.currentSnapshot().snapshotId())
              .deleteFile(old)
              .addFile(copy)
              .commit();
          rewrites.incrementAndGet();
        } catch (CommitFailedException | ValidationException | UncheckedSQLException e) {
          LOG.info("A rewrite lost its race: {}", e.getMessage());
        }
      }
    } catch (Exception e) {
      LOG.error("The rewriter ended", e);
    }
  }

  private void assertExact(
      TableName table, int written, java.util.function.LongPredicate passes, TestTopic... topics)
      throws Exception {
    Map<String, Integer> seen = new ConcurrentHashMap<>();
    Map<String, Integer> ids = new ConcurrentHashMap<>();
    for (Record row : servers.rows(table)) {
      String place =
          row.getField("_source")
              + "/"
              + row.getField("_epoch")
              + "/"
              + row.getField("_partition")
              + "/"
              + row.getField("_offset");
      seen.merge(place, 1, Integer::sum);
      ids.merge(row.getField("_source") + "/" + row.getField("id"), 1, Integer::sum);
    }
    assertThat(seen.values()).as("rows of one offset in " + table).allMatch(count -> count == 1);
    for (TestTopic topic : topics) {
      for (long id = 0; id < written; id++) {
        assertThat(ids.containsKey(topic.name + "/" + id))
            .as("row %s of %s in %s", id, topic.name, table)
            .isEqualTo(passes.test(id));
      }
    }
    assertThat(ids.values()).as("rows of one id in " + table).allMatch(count -> count == 1);
  }
}
