package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.event.Op;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.FileDeletions;
import dev.backlot.warehouse.maintenance.MaintenanceReport;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import dev.backlot.warehouse.maintenance.MaintenanceState;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.maintenance.Work;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.RowShape;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job writes a table while maintenance works on it without pause and servers are killed: at every
 * sampled moment the table says what the topic says up to the table's marks.
 */
final class MaintainedTableIT {
  private static final Logger LOG = LoggerFactory.getLogger(MaintainedTableIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int FAILURES = 3;
  private static final int KEYS = 120;
  private static final int PARTITIONS = 3;

  private final SinkServers servers = SinkServers.shared();
  private final AtomicInteger rewrites = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  @TempDir private Path directory;

  @Test
  void aTableUnderMaintenanceSaysAtEveryMomentWhatItsTopicSays() throws Exception {
    long seed = System.nanoTime();
    LOG.info("Seed {}", seed);
    Random random = new Random(seed);
    try (TestTopic topic = servers.topic(PARTITIONS)) {
      TableName table = servers.newTable(topic);
      WrittenLog log = new WrittenLog(topic, new Random(seed + 1));
      CountDownLatch stop = new CountDownLatch(1);
      List<Thread> threads =
          List.of(
              new Thread(() -> write(log, stop), "writer"),
              new Thread(() -> maintain(table, new Random(seed + 2), stop), "maintenance"),
              new Thread(() -> sample(table, log, stop), "sampler"));
      threads.forEach(Thread::start);
      JobID job = submit(table, topic);
      for (int failure = 0; failure < FAILURES; failure++) {
        Marks before = servers.marks(table);
        int rewritten = rewrites.get();
        Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> !servers.marks(table).equals(before) && rewrites.get() > rewritten);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
        switch (failure % 3) {
          case 0 -> {
            servers.cancel(job);
            job = submit(table, topic);
          }
          case 1 -> servers.crashPostgres();
          default -> servers.replaceTaskManager();
        }
      }
      stop.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      servers.awaitEnd(table, topic, PATIENCE);
      servers.cancel(job);
      LOG.info("{} rewrites, {} rows dropped, {} written", rewrites, dropped, log.size());
      assertThat(failures).isEmpty();
      check(servers.lake.load(table), log);
      assertThat(view(table)).isEqualTo(log.latest(servers.latest(topic)));
      assertThat(dropped.get()).as("rows dropped").isGreaterThan(log.size() / 4);

      Table broken = servers.lake.load(table);
      DeleteFiles loss = broken.newDelete();
      filesWithALiveRow(broken, log).forEach(loss::deleteFile);
      loss.commit();
      assertThatThrownBy(() -> check(broken, log))
          .as("a table that lost a file")
          .isInstanceOf(AssertionError.class);
    }
  }

  private JobID submit(TableName table, TestTopic topic) throws Exception {
    StreamExecutionEnvironment env = servers.job();
    servers.add(env, "maintained", table, row -> true, 2, topic);
    return servers.submit(env);
  }

  private void write(WrittenLog log, CountDownLatch stop) {
    try {
      while (!stop.await(5, TimeUnit.MILLISECONDS)) {
        for (int i = 0; i < 6; i++) {
          log.write();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void maintain(TableName table, Random random, CountDownLatch stop) {
    TableMaintenance maintenance =
        new TableMaintenance(
            servers.lake,
            new KeptFiles(),
            MaintenanceSettings.DEFAULT.withSnapshots(20),
            directory.resolve("maintenance"),
            "",
            Clock.systemUTC());
    MaintenanceState state = MaintenanceState.NEW;
    try {
      while (!stop.await(20, TimeUnit.MILLISECONDS)) {
        Set<Work> work =
            random.nextInt(3) == 0
                ? EnumSet.of(Work.PACK, Work.MANIFESTS)
                : EnumSet.of(Work.COMPACT, Work.EXPIRE);
        try {
          MaintenanceReport report = maintenance.run(table, work, state);
          state = report.state();
          dropped.addAndGet(report.rowsDropped());
          rewrites.addAndGet(report.filesRewritten() > 0 ? 1 : 0);
        } catch (RuntimeException e) {
          LOG.info("Maintenance failed, as it may when PostgreSQL is killed: {}", e.toString());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample(TableName name, WrittenLog log, CountDownLatch stop) {
    int samples = 0;
    try {
      while (!stop.await(100, TimeUnit.MILLISECONDS)) {
        Table table = servers.lake.load(name);
        if (table.currentSnapshot() != null) {
          check(table, log);
          samples++;
        }
      }
      LOG.info("{} samples", samples);
      assertThat(samples).isGreaterThan(10);
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }

  /**
   * Compares a loaded table with the topic up to the table's marks.
   *
   * @return a row that shows, of all that do
   */
  private static Record check(Table table, WrittenLog log) throws Exception {
    Marks marks = TableMarks.read(table).orElseThrow();
    Map<String, Map<Long, Record>> byId = new HashMap<>();
    Set<String> places = new HashSet<>();
    long[] ends = new long[PARTITIONS];
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      for (Record row : records) {
        rows.add(row);
        int partition = (Integer) row.getField("_partition");
        long offset = (Long) row.getField("_offset");
        assertThat(places.add(partition + "/" + offset)).as("one row of an offset").isTrue();
        log.assertIs(partition, offset, row);
        if (row.getField("_op").equals("t")) {
          ends[partition] = Math.max(ends[partition], offset + 1);
        }
      }
    }
    for (Record row : rows) {
      if (!row.getField("_op").equals("t")
          && (Long) row.getField("_offset") >= ends[(Integer) row.getField("_partition")]) {
        byId.computeIfAbsent(String.valueOf(row.getField("id")), id -> new TreeMap<>())
            .put((Long) row.getField("_offset"), row);
      }
    }
    Set<String> latest = new TreeSet<>();
    Map<String, Record> shown = new HashMap<>();
    byId.forEach(
        (id, versions) -> {
          Record newest = ((TreeMap<Long, Record>) versions).lastEntry().getValue();
          if (!newest.getField("_op").equals("d")) {
            latest.add(id + "=" + newest.getField("title"));
            shown.put(id, newest);
          }
        });
    assertThat(latest).as("snapshot %s", table.currentSnapshot()).isEqualTo(log.latest(marks));
    return shown.isEmpty()
        ? GenericRecord.create(table.schema())
        : shown.values().iterator().next();
  }

  /** Any file may hold just rows that later ones replaced, and would not be missed. */
  private static List<DataFile> filesWithALiveRow(Table table, WrittenLog log) throws Exception {
    Record row = check(table, log);
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        if (mayHold(table, task.file(), "_partition", row)
            && mayHold(table, task.file(), "_offset", row)) {
          files.add(task.file());
        }
      }
    }
    assertThat(files).isNotEmpty();
    return files;
  }

  private static boolean mayHold(Table table, DataFile file, String column, Record row) {
    Types.NestedField field = table.schema().findField(column);
    long value = ((Number) row.getField(column)).longValue();
    Number low = Conversions.fromByteBuffer(field.type(), file.lowerBounds().get(field.fieldId()));
    Number high = Conversions.fromByteBuffer(field.type(), file.upperBounds().get(field.fieldId()));
    return low.longValue() <= value && value <= high.longValue();
  }

  private Set<String> view(TableName table) {
    QuerySettings settings =
        new QuerySettings("", directory.resolve("query"), 1, 512, 1, Duration.ofMinutes(1));
    Set<String> rows = new TreeSet<>();
    try (QueryService queries = new QueryService(servers.lake, settings);
        QueryResult result =
            queries.query(
                "SELECT id, title FROM " + table.latest(), QueryLimits.DEFAULT, RowShape.ARRAY)) {
      result.toList().forEach(row -> rows.add(row.get(0).asText() + "=" + row.get(1).asText()));
    }
    return rows;
  }

  /** What was written to the topic: the place of each event is its offset. */
  private static final class WrittenLog {
    private record Event(String op, long id, String title) {}

    private final TestTopic topic;
    private final Random random;
    private final List<List<Event>> partitions = new ArrayList<>();
    private final Set<Long> live = new HashSet<>();
    private int written;

    WrittenLog(TestTopic topic, Random random) {
      this.topic = topic;
      this.random = random;
      for (int partition = 0; partition < PARTITIONS; partition++) {
        partitions.add(new ArrayList<>());
      }
    }

    synchronized void write() {
      long id = random.nextInt(KEYS);
      String title = "version " + written++;
      if (random.nextInt(3000) == 0) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          partitions.get(partition).add(new Event("t", 0, ""));
          topic.truncate(partition, 1);
        }
        live.clear();
      } else if (live.contains(id) && random.nextInt(4) == 0) {
        live.remove(id);
        add(new Event("d", id, title));
        topic.row(Op.DELETE, id, title, 1);
        add(new Event("", id, ""));
        topic.tombstone(id, 1);
      } else {
        String op = live.add(id) ? "c" : "u";
        add(new Event(op, id, title));
        topic.row(op.equals("c") ? Op.CREATE : Op.UPDATE, id, title, 1);
      }
    }

    private void add(Event event) {
      partitions.get(topic.partition(event.id())).add(event);
    }

    synchronized int size() {
      return written;
    }

    synchronized void assertIs(int partition, long offset, Record row) {
      Event event = partitions.get(partition).get((int) offset);
      assertThat(row.getField("_op")).isEqualTo(event.op());
      if (!event.op().equals("t")) {
        assertThat(row.getField("id")).isEqualTo(event.id());
        if (!event.op().equals("d")) {
          assertThat(row.getField("title")).isEqualTo(event.title());
        }
      }
    }

    /** Replays the log up to some marks. */
    synchronized Set<String> latest(Marks marks) {
      Map<Long, String> state = new HashMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        long end = marks.mark(topic.topic, partition).orElseThrow().nextOffset();
        Map<Long, String> part = new HashMap<>();
        for (Event event : partitions.get(partition).subList(0, (int) end)) {
          switch (event.op()) {
            case "t" -> part.clear();
            case "d" -> part.remove(event.id());
            case "c", "u" -> part.put(event.id(), event.title());
            default -> {
              // a tombstone says nothing that its delete did not say
            }
          }
        }
        state.putAll(part);
      }
      Set<String> latest = new TreeSet<>();
      state.forEach((id, title) -> latest.add(id + "=" + title));
      return latest;
    }
  }

  /** Nothing is deleted while the test reads old snapshots. */
  private static final class KeptFiles implements FileDeletions {
    @Override
    public void add(TableName table, Collection<String> locations, Instant notBefore) {}

    @Override
    public List<String> due(TableName table, Instant now, int most) {
      return List.of();
    }

    @Override
    public void remove(TableName table, Collection<String> locations) {}
  }
}
