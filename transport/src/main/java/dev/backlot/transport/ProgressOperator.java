package dev.backlot.transport;

import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;

/**
 * Sends rows on, and before every barrier reports beside them up to where each partition was read,
 * skipped records included. Chained to its reader.
 */
final class ProgressOperator extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<ReadEvent, RowData>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Where progress is sent. */
  static final OutputTag<Progress> PROGRESS =
      new OutputTag<>("progress", new SerializedType<>(Progress.class));

  private final String topic;
  private final int committed;
  private transient PassedOffsets passed;
  private transient StreamRecord<RowData> reused;
  private transient Counter failed;
  private transient CommitLatency latency;

  /**
   * Reports what was read of a topic.
   *
   * @param committed where rows have {@code _source_ts}
   */
  @SuppressWarnings("NullAway.Init")
  ProgressOperator(String topic, int committed) {
    this.topic = topic;
    this.committed = committed;
  }

  @Override
  public void open() throws Exception {
    super.open();
    passed = new PassedOffsets(topic);
    reused = new StreamRecord<>(null);
    failed = getMetricGroup().counter("deadLetters");
    latency = new CommitLatency(getMetricGroup(), committed);
  }

  @Override
  public void processElement(StreamRecord<ReadEvent> element) {
    ReadEvent event = element.getValue();
    passed.pass(event);
    RowData row = event.row();
    if (row != null) {
      latency.see(row);
      output.collect(reused.replace(row, element.getTimestamp()));
    }
    DeadLetter failure = event.failure();
    if (failure != null) {
      failed.inc();
      output.collect(DeadLetter.TAG, new StreamRecord<>(failure));
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    report();
  }

  @Override
  public void endInput() {
    report();
  }

  private void report() {
    passed.report(progress -> output.collect(PROGRESS, new StreamRecord<>(progress)));
  }
}
