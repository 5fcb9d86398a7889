package dev.backlot.sink.iceberg;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Commits at every barrier what came before it. The table is thus never behind a completed
 * checkpoint, and what it is ahead of one is dropped when it is read again.
 */
final class CommitterOperator extends AbstractStreamOperator<NoOutput>
    implements OneInputStreamOperator<SinkUpdate, NoOutput>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final LakeTable lakeTable;
  private final Duration progressInterval;
  private transient LakeTable.Opened opened;
  private transient Committer committer;
  private transient Counter commits;
  private transient volatile long lastCommitMillis;

  @SuppressWarnings("NullAway.Init")
  CommitterOperator(LakeTable lakeTable, Duration progressInterval) {
    this.lakeTable = lakeTable;
    this.progressInterval = progressInterval;
  }

  @Override
  public void open() throws Exception {
    super.open();
    StreamConfig task = getContainingTask().getConfiguration();
    if (!task.isCheckpointingEnabled()
        || task.getCheckpointMode() != CheckpointingMode.EXACTLY_ONCE
        || task.isUnalignedCheckpointsEnabled()) {
      throw new IllegalStateException(
          "Commits happen at barriers: the job needs aligned exactly-once checkpoints");
    }
    opened = lakeTable.open();
    committer = new Committer(opened.table(), Clock.systemUTC(), progressInterval);
    commits = getMetricGroup().counter("commits");
    getMetricGroup().gauge("lastCommitMillis", () -> lastCommitMillis);
  }

  @Override
  public void processElement(StreamRecord<SinkUpdate> element) {
    committer.add(element.getValue());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    commit(false);
  }

  @Override
  public void endInput() {
    commit(true);
  }

  private void commit(boolean last) {
    long begin = System.nanoTime();
    if (committer.commit(last)) {
      commits.inc();
      lastCommitMillis = (System.nanoTime() - begin) / 1_000_000;
    }
  }

  @Override
  public void close() throws Exception {
    if (Objects.nonNull(opened)) {
      opened.close();
    }
    super.close();
  }
}
