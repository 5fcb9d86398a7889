package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.event.Op;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.data.Record;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Sources read into tables by running jobs. */
final class TopicToTableIT {
  private static final Duration SOON = Duration.ofSeconds(20);
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

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }
}
