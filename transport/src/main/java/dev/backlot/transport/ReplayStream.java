package dev.backlot.transport;

import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;

/**
 * The replays of one sink inside a job.
 *
 * @param letters the letters whose records are replayed, before the barrier that their rows are
 *     before
 * @param rows the records' rows by Source id, as {@link SourceStream} has them, in no order
 * @param failures records that can't be decoded now
 * @param progress what has been read of the topic of replays; goes to the sink's committer
 */
public record ReplayStream(
    DataStream<Letter> letters,
    Map<String, DataStream<RowData>> rows,
    DataStream<DeadLetter> failures,
    DataStream<Progress> progress) {
  /** Copies what is mutable. */
  public ReplayStream {
    rows = Map.copyOf(rows);
  }
}
