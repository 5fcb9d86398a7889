package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.event.Op;
import dev.backlot.sink.iceberg.RestCatalogServer.Fault;
import dev.backlot.sink.iceberg.SinkUpdate.Passed;
import dev.backlot.sink.iceberg.SinkUpdate.Range;
import dev.backlot.sink.iceberg.SinkUpdate.Written;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.transport.Progress;
import dev.backlot.transport.SourceStream;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits through a REST catalog are as exact as those to the database behind it. */
final class RestCatalogIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String TOPIC = "backlot.studio.public.movie.1";
  private static final TopicPartition ZERO = new TopicPartition(TOPIC, 0);
  private static final Marks START = new Marks(Map.of(ZERO, new Mark(10, 1)));
  private static final Marks TARGET = new Marks(Map.of(ZERO, new Mark(15, 1)));

  private final SinkServers servers = SinkServers.shared();
  private final RestCatalogServer server = new RestCatalogServer(servers.lake);
  private LakeCatalog rest;
  private int files;

  @BeforeEach
  void open() {
    rest = LakeCatalog.open(server.settings(servers.lake));
  }

  @AfterEach
  void close() {
    rest.close();
    server.close();
  }

  @Test
  void aCommitWhoseAnswerIsLostKeepsItsFilesAndIsNotRepeated() throws Exception {
    for (Fault fault : List.of(Fault.LOSE_ANSWER, Fault.ANSWER_UNKNOWN, Fault.REPEAT)) {
      TableName name = markedTable();
      Committer committer = committer(name);
      DataFile file = file(name);
      add(committer, file);
      server.fail(fault);

      try {
        committer.commit(false);
      } catch (CommitStateUnknownException | RESTException e) {
        assertThat(fault).isNotEqualTo(Fault.REPEAT);
      }

      assertThat(TableMarks.read(rest.load(name))).as("%s", fault).contains(TARGET);
      assertIntact(name, file);
      Committer next = committer(name);
      assertThat(next.committed()).isEqualTo(TARGET);
      add(next, file(name));
      assertThatThrownBy(() -> next.commit(false)).hasMessageContaining("Rows 10 to 14");
    }
    assertThat(server.faults()).isEqualTo(3);
  }

  @Test
  void aCommitWhoseRequestIsLostIsSeenNotToHaveHappened() throws Exception {
    TableName name = markedTable();
    Committer committer = committer(name);
    DataFile file = file(name);
    add(committer, file);
    server.fail(Fault.LOSE_REQUEST);

    try {
      committer.commit(false);
    } catch (RuntimeException e) {
      Committer next = committer(name);
      assertThat(next.committed()).isEqualTo(START);
      add(next, file);
      next.commit(false);
    }

    assertThat(TableMarks.read(rest.load(name))).contains(TARGET);
    assertIntact(name, file);
  }

  @Test
  void aCommitThatLosesItsRaceIsRefusedAndDeletesNothing() throws Exception {
    TableName name = markedTable();
    Committer first = committer(name);
    Committer second = committer(name);
    DataFile winner = file(name);
    DataFile loser = file(name);
    add(first, winner);
    first.commit(false);
    add(second, loser);
    second.add(new Passed(new Progress(TOPIC, 0, 15, 16, 1, false)));

    assertThatThrownBy(() -> second.commit(false)).hasMessageContaining("moved by another writer");

    assertIntact(name, winner);
    assertThat(LocalFileIO.path(loser.location())).exists();
  }

  @Test
  void aJobIsExactWhileItsCatalogFailsAgainAndAgain() throws Exception {
    try (TestTopic topic = servers.topic(2)) {
      TableName name = servers.newTable(topic);
      CountDownLatch stop = new CountDownLatch(1);
      AtomicInteger written = new AtomicInteger();
      Thread writer = new Thread(() -> write(topic, written, stop));
      writer.start();
      JobID job = submit(name, topic);
      List<Fault> kinds =
          List.of(
              Fault.LOSE_ANSWER,
              Fault.ANSWER_UNKNOWN,
              Fault.REPEAT,
              Fault.LOSE_REQUEST,
              Fault.NONE);
      for (int i = 0; i < 15; i++) {
        // A failure counts only when the job has worked since the last one.
        Marks before = servers.marks(name);
        Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> !servers.marks(name).equals(before));
        Fault fault = kinds.get(i % kinds.size());
        if (fault == Fault.NONE) {
          server.stop();
          TimeUnit.MILLISECONDS.sleep(300);
          server.startAgain();
        } else {
          int faults = server.faults();
          server.fail(fault);
          Awaitility.await().atMost(PATIENCE).until(() -> server.faults() > faults);
        }
      }
      stop.countDown();
      writer.join();
      servers.awaitEnd(name, topic, PATIENCE);
      servers.cancel(job);

      Set<Long> ids = new HashSet<>();
      List<Record> rows = servers.rows(name);
      rows.forEach(row -> ids.add((Long) row.getField("id")));
      assertThat(rows).hasSameSizeAs(ids);
      assertThat(ids).hasSize(written.get());
    }
  }

  private JobID submit(TableName name, TestTopic topic) throws Exception {
    StreamExecutionEnvironment env = servers.job();
    IcebergTableSink sink =
        new IcebergTableSink(
            "rest", server.settings(servers.lake), name, List.of(topic.plan()), RowIdentity.RECORD);
    SourceStream stream = servers.read(env, List.of(sink.marks()), 2, topic).get(0);
    servers.attach(sink, List.of(stream), row -> true, 2, topic);
    return servers.submit(env);
  }

  private static void write(TestTopic topic, AtomicInteger written, CountDownLatch stop) {
    try {
      while (!stop.await(5, TimeUnit.MILLISECONDS)) {
        for (int i = 0; i < 10; i++) {
          int id = written.getAndIncrement();
          topic.row(Op.CREATE, id, "title " + id, 1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TableName markedTable() {
    TableName name = servers.newTable();
    TableMarks.initialise(rest.load(name), START);
    return name;
  }

  private Committer committer(TableName name) {
    return new Committer(rest.load(name), Clock.systemUTC(), Duration.ofSeconds(3));
  }

  private static void add(Committer committer, DataFile file) {
    committer.add(new Written(List.of(file), List.of(new Range(TOPIC, 0, 10, 14, 5))));
    committer.add(new Passed(new Progress(TOPIC, 0, 10, 15, 1, false)));
  }

  private DataFile file(TableName name) throws Exception {
    Table table = rest.load(name);
    String location = table.locationProvider().newDataLocation("rows" + files++ + ".parquet");
    Path path = LocalFileIO.path(location);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "rows");
    return DataFiles.builder(table.spec())
        .withPath(location)
        .withFileSizeInBytes(4)
        .withRecordCount(5)
        .build();
  }

  /** The table has exactly this file, and everything that its snapshots name is there. */
  private void assertIntact(TableName name, DataFile only) {
    Table table = rest.load(name);
    assertThat(table.currentSnapshot().summary()).containsEntry("total-data-files", "1");
    assertThat(LocalFileIO.path(only.location())).exists();
    table
        .snapshots()
        .forEach(
            snapshot -> {
              assertThat(LocalFileIO.path(snapshot.manifestListLocation())).exists();
              snapshot
                  .allManifests(table.io())
                  .forEach(manifest -> assertThat(LocalFileIO.path(manifest.path())).exists());
            });
  }
}
