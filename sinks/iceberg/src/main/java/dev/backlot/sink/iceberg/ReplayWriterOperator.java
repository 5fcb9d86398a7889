package dev.backlot.sink.iceberg;

import dev.backlot.schema.SystemColumn;
import dev.backlot.transport.DeadLetter;
import dev.backlot.transport.Letter;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;

/**
 * Writes replayed rows, which keep the place of the record that they come from and thus stand below
 * the table's marks. Before every barrier it looks which of them the table has, and writes the
 * others: a letter can outlive a failure that a restart has mended, and then there is nothing to
 * add. A row above the marks is left to the reader of its Source, which comes to it.
 */
final class ReplayWriterOperator extends AbstractStreamOperator<SinkUpdate>
    implements TwoInputStreamOperator<RowData, Letter, SinkUpdate>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  private final LakeTable lakeTable;
  private final Schema schema;
  private final RowType rowType;
  private final RowIdentity identity;
  private final boolean orderedByTime;
  private final HashMap<String, String> topicOfSource;

  private transient LakeTable.Opened opened;
  private transient RowFiles files;
  private transient List<RowData> rows;
  private transient Map<Place, Instant> since;
  private transient Counter known;
  private transient int openInputs;

  @SuppressWarnings("NullAway.Init")
  ReplayWriterOperator(
      LakeTable lakeTable,
      Schema schema,
      RowType rowType,
      RowIdentity identity,
      boolean orderedByTime,
      Map<String, String> topicOfSource) {
    this.lakeTable = lakeTable;
    this.schema = schema;
    this.rowType = rowType;
    this.identity = identity;
    this.orderedByTime = orderedByTime;
    this.topicOfSource = new HashMap<>(topicOfSource);
  }

  private record Place(String source, int epoch, int partition, long offset) {}

  @Override
  public void open() throws Exception {
    super.open();
    opened = lakeTable.open();
    files = new RowFiles(opened.table(), schema, rowType, 0);
    rows = new ArrayList<>();
    since = new HashMap<>();
    openInputs = 2;
    known = getMetricGroup().counter("replayedRowsKnown");
  }

  @Override
  public void processElement1(StreamRecord<RowData> element) {
    rows.add(element.getValue());
  }

  @Override
  public void processElement2(StreamRecord<Letter> element) {
    DeadLetter failure = element.getValue().failure();
    since.put(
        new Place(failure.source(), failure.epoch(), failure.partition(), failure.offset()),
        element.getValue().since());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    handOver();
  }

  @Override
  public void endInput(int input) throws Exception {
    if (--openInputs == 0) {
      handOver();
    }
  }

  private void handOver() throws IOException {
    if (!rows.isEmpty()) {
      opened.table().refresh();
      Marks marks = TableMarks.require(opened.table());
      int all = rows.size();
      rows.removeIf(row -> !isPassed(row, marks));
      List<RowData> lacking =
          rows.isEmpty()
              ? List.of()
              : new KnownRows(opened.table(), schema, rowType, identity).lacking(rows);
      known.inc(all - lacking.size());
      for (RowData row : lacking) {
        files.add(orderedByTime ? inItsPlace(row) : row);
      }
      List<DataFile> written = files.close();
      if (!written.isEmpty()) {
        output.collect(new StreamRecord<>(new SinkUpdate.Written(written, List.of())));
      }
    }
    rows.clear();
    since.clear();
  }

  private boolean isPassed(RowData row, Marks marks) {
    Place place = place(row);
    String topic = Objects.requireNonNull(topicOfSource.get(place.source()), place.source());
    return marks
        .mark(topic, place.partition())
        .map(Mark::nextOffset)
        .filter(next -> place.offset() < next)
        .isPresent();
  }

  private Place place(RowData row) {
    return new Place(
        row.getString(column(SystemColumn.SOURCE)).toString(),
        row.getInt(column(SystemColumn.EPOCH)),
        row.getInt(column(SystemColumn.PARTITION)),
        row.getLong(column(SystemColumn.OFFSET)));
  }

  private int column(SystemColumn column) {
    return rowType.getFieldIndex(column.column());
  }

  /**
   * Where the later {@code _ts} is the newer version, a replay takes the place of the attempt that
   * failed first: whatever the table was told since stays newer.
   */
  private RowData inItsPlace(RowData row) {
    Instant failed = since.get(place(row));
    int ts = column(SystemColumn.TS);
    TimestampData own = row.getTimestamp(ts, 6);
    if (failed == null || !own.toInstant().isAfter(failed)) {
      return row;
    }
    GenericRowData placed = new GenericRowData(row.getRowKind(), rowType.getFieldCount());
    for (int i = 0; i < rowType.getFieldCount(); i++) {
      placed.setField(i, RowData.createFieldGetter(rowType.getTypeAt(i), i).getFieldOrNull(row));
    }
    placed.setField(ts, TimestampData.fromInstant(failed));
    return placed;
  }

  @Override
  public void close() throws Exception {
    try {
      if (Objects.nonNull(files)) {
        files.abandon();
      }
    } finally {
      if (Objects.nonNull(opened)) {
        opened.close();
      }
    }
    super.close();
  }
}
