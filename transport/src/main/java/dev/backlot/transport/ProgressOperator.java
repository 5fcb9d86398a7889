package dev.backlot.transport;

import java.util.HashMap;
import java.util.Map;
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
  private transient Map<Integer, Reached> partitions = new HashMap<>();
  private transient Reached last = new Reached(-1, 0);
  private transient StreamRecord<RowData> reused = new StreamRecord<>(null);

  ProgressOperator(String topic) {
    this.topic = topic;
  }

  /** A partition's state since the last report. */
  private static final class Reached {
    final int partition;
    long from;
    long nextOffset;
    long generation;
    boolean reported = true;

    Reached(int partition, long from) {
      this.partition = partition;
      this.from = from;
      this.nextOffset = from;
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    partitions = new HashMap<>();
    last = new Reached(-1, 0);
    reused = new StreamRecord<>(null);
  }

  @Override
  public void processElement(StreamRecord<ReadEvent> element) {
    ReadEvent event = element.getValue();
    if (event.start()) {
      partitions.put(event.partition(), new Reached(event.partition(), event.nextOffset()));
    }
    Reached reached = reached(event.partition());
    reached.nextOffset = event.nextOffset();
    reached.generation = event.generation();
    reached.reported = false;
    RowData row = event.row();
    if (row != null) {
      output.collect(reused.replace(row, element.getTimestamp()));
    }
  }

  private Reached reached(int partition) {
    if (last.partition != partition || partitions.get(partition) != last) {
      Reached found = partitions.get(partition);
      if (found == null) {
        throw new IllegalStateException(
            "Records of " + topic + "/" + partition + " before its start");
      }
      last = found;
    }
    return last;
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
    for (Reached reached : partitions.values()) {
      if (!reached.reported) {
        output.collect(
            PROGRESS,
            new StreamRecord<>(
                new Progress(
                    topic,
                    reached.partition,
                    reached.from,
                    reached.nextOffset,
                    reached.generation)));
        reached.from = reached.nextOffset;
        reached.reported = true;
      }
    }
  }
}
