package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.event.Op;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.groups.Tuple;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Sources read into tables by running jobs. */
final class TopicToTableIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final SinkServers servers = SinkServers.shared();

  @Test
  void rowsOfEveryKindArriveAndTombstonesAndFencesDoNot() throws Exception {
    try (TestTopic topic = servers.topic(2)) {
      TableName table = servers.newTable(topic);
      topic.fence(0, 1);
      topic.fence(1, 1);
      topic.row(Op.READ, 1, "read", 1);
      topic.row(Op.CREATE, 2, "created", 1);
      topic.row(Op.UPDATE, 2, "updated", 1);
      topic.row(Op.DELETE, 1, "deleted", 1);
      topic.tombstone(1, 1);
      topic.truncate(0, 1);
      StreamExecutionEnvironment env = servers.job();
      servers.add(env, "sink", table, row -> true, 1, topic);

      JobID job = servers.submit(env);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      assertThat(servers.rows(table))
          .extracting(
              row -> row.getField("_op"),
              row -> row.getField("id"),
              row -> row.getField("title"),
              row -> row.getField("_source"),
              row -> row.getField("_epoch"),
              row -> row.getField("_partition"),
              row -> row.getField("_offset"))
          .containsExactlyInAnyOrder(
              tuple("r", 1L, "read", topic.name, 1, 1, 1L),
              tuple("c", 2L, "created", topic.name, 1, 0, 1L),
              tuple("u", 2L, "updated", topic.name, 1, 0, 2L),
              tuple("d", 1L, "deleted", topic.name, 1, 1, 2L),
              tuple("t", null, null, topic.name, 1, 0, 3L));
      assertThat(servers.marks(table).mark(topic.topic, 1)).contains(new Mark(4, 1));
    }
  }

  @Test
  void recordsOfAnEndedGenerationAreDroppedEvenWhenTheJobStartsBehindTheFence() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable(topic);
      topic.fence(0, 1);
      topic.row(Op.CREATE, 1, "first owner", 1);
      topic.fence(0, 2);
      topic.row(Op.CREATE, 2, "paused owner", 1);
      topic.row(Op.CREATE, 3, "second owner", 2);
      JobID job = run(table, topic);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);
      topic.row(Op.CREATE, 4, "paused owner again", 1);
      topic.truncate(0, 1);
      topic.fence(0, 1);
      topic.row(Op.CREATE, 5, "second owner again", 2);

      job = run(table, topic);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      assertThat(ids(table)).containsExactlyInAnyOrder(1L, 3L, 5L);
      assertThat(servers.marks(table).mark(topic.topic, 0)).contains(new Mark(9, 2));
    }
  }

  @Test
  void aTableThatStartsAtTheEndKnowsTheGenerationThatWroteLast() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      topic.fence(0, 3);
      topic.row(Op.CREATE, 1, "before", 3);
      topic.flush();

      Marks marks = servers.latest(topic);

      assertThat(marks.mark(topic.topic, 0)).contains(new Mark(2, 3));
    }
  }

  @Test
  void rowsThatAFilterDropsAdvanceTheMarkWithinSecondsAndAnIdleTableMakesNoSnapshots()
      throws Exception {
    try (TestTopic topic = servers.topic(2)) {
      TableName table = servers.newTable(topic);
      StreamExecutionEnvironment env = servers.job();
      servers.add(env, "sink", table, row -> false, 1, topic);
      JobID job = servers.submit(env);
      for (int id = 0; id < 1000; id++) {
        topic.row(Op.CREATE, id, "dropped", 1);
      }

      servers.awaitEnd(table, topic, SOON);

      int snapshots = snapshots(table);
      assertThat(snapshots).isBetween(2, 6);
      Awaitility.await()
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(6))
          .until(() -> snapshots(table) == snapshots);
      servers.cancel(job);
      assertThat(servers.rows(table)).isEmpty();
    }
  }

  @Test
  void oneFilePerCommitAndWriter() throws Exception {
    try (TestTopic topic = servers.topic(4)) {
      TableName table = servers.newTable(topic);
      for (int id = 0; id < 20_000; id++) {
        topic.row(Op.CREATE, id, "row " + id, 1);
      }
      JobID job = run(table, topic);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      for (Snapshot snapshot : servers.lake.load(table).snapshots()) {
        assertThat(Integer.parseInt(snapshot.summary().getOrDefault("added-data-files", "0")))
            .isLessThanOrEqualTo(1);
      }
      assertThat(servers.rows(table)).hasSize(20_000);
    }
  }

  @Test
  void aMarkBeyondTheTopicsEndStopsTheJob() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable();
      TableMarks.initialise(
          servers.lake.load(table),
          new Marks(Map.of(new TopicPartition(topic.topic, 0), new Mark(17, 1))));

      String failure = servers.failure(run(table, topic));

      assertThat(failure)
          .contains("taken partition 0 up to offset 17, but the topic ends at 0")
          .contains("[KAFKA_DATA_LOST]");
    }
  }

  @Test
  void aTableWithoutMarksStopsTheJob() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable();

      String failure = servers.failure(run(table, topic));

      assertThat(failure).contains("[TABLE_WITHOUT_MARK]").contains("Roll it back");
    }
  }

  @Test
  void an_uncovered_schema_stops_its_partition_alone_and_exactly_before_the_record()
      throws Exception {
    try (TestTopic topic = servers.topic(2)) {
      TableName table = servers.newTable(topic);
      topic.row(Op.CREATE, 2, "covered", 1);
      topic.row(Op.CREATE, 4, "covered", 1);
      topic.uncovered(6, 99);
      topic.row(Op.CREATE, 8, "behind", 1);
      topic.row(Op.CREATE, 1, "beside", 1);
      topic.flush();
      JobID job = run(table, topic);
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(servers.marks(table).mark(topic.topic, 0)).contains(new Mark(2, 0)));

      for (long id = 3; id < 9; id += 2) {
        topic.row(Op.CREATE, id, "beside", 1);
        topic.flush();
        long latest = id;
        Awaitility.await().untilAsserted(() -> assertThat(ids(table)).contains(latest));
      }

      assertThat(ids(table)).containsExactlyInAnyOrder(2L, 4L, 1L, 3L, 5L, 7L);
      assertThat(servers.marks(table).mark(topic.topic, 0)).contains(new Mark(2, 0));
      servers.cancel(job);
    }
  }

  @Test
  void anUnreadableRecordStopsTheJobOnceAllRowsBeforeItAreInTheTable() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable(topic);
      topic.row(Op.CREATE, 1, "readable", 1);
      topic.truncated(2);
      topic.flush();

      String failure = servers.failure(run(table, topic));

      assertThat(failure)
          .contains("Cannot decode record '" + topic.topic + "/0/1'")
          .contains("[RECORD_UNDECODABLE]");
      assertThat(ids(table)).containsExactly(1L);
    }
  }

  @Test
  void aTableThatIsRolledBackIsFilledAgain() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable(topic);
      long empty = servers.lake.load(table).currentSnapshot().snapshotId();
      topic.row(Op.CREATE, 1, "one", 1);
      JobID job = run(table, topic);
      servers.awaitEnd(table, topic, SOON);
      servers.lake.load(table).manageSnapshots().rollbackTo(empty).commit();
      assertThat(servers.rows(table)).isEmpty();

      topic.row(Op.CREATE, 2, "two", 1);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      assertThat(ids(table)).containsExactlyInAnyOrder(1L, 2L);
    }
  }

  @Test
  void aColumnAddedBesideARunningJobStaysNull() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable(topic);
      JobID job = run(table, topic);
      topic.row(Op.CREATE, 1, "before", 1);
      servers.awaitEnd(table, topic, SOON);
      servers
          .lake
          .load(table)
          .updateSchema()
          .addColumn("added", Types.StringType.get())
          .moveFirst("added")
          .commit();

      topic.row(Op.CREATE, 2, "after", 1);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      assertThat(servers.rows(table))
          .extracting(row -> row.getField("added"), row -> row.getField("title"))
          .containsExactlyInAnyOrder(tuple(null, "before"), tuple(null, "after"));
      assertThatThrownBy(() -> run(table, topic))
          .hasMessageContaining("column 1 is 'added' in it, and 'id' in the rows");
    }
  }

  @Test
  void aCompactedTopicMayBeginAboveTheMark() throws Exception {
    try (TestTopic topic = servers.topic(1)) {
      TableName table = servers.newTable(topic);
      topic.row(Op.CREATE, 1, "gone", 1);
      topic.row(Op.CREATE, 2, "kept", 1);
      topic.flush();
      servers.deleteBelow(topic, 0, 1);

      JobID job = run(table, topic);
      servers.awaitEnd(table, topic, SOON);
      servers.cancel(job);

      assertThat(ids(table)).containsExactly(2L);
    }
  }

  private JobID run(TableName table, TestTopic topic) throws Exception {
    StreamExecutionEnvironment env = servers.job();
    servers.add(env, "sink", table, row -> true, 1, topic);
    return servers.submit(env);
  }

  private List<Object> ids(TableName table) throws Exception {
    return servers.rows(table).stream().map(row -> row.getField("id")).toList();
  }

  private int snapshots(TableName table) {
    List<Snapshot> all = new ArrayList<>();
    servers.lake.load(table).snapshots().forEach(all::add);
    return all.size();
  }

  private static Tuple tuple(Object... values) {
    return Tuple.tuple(values);
  }
}
