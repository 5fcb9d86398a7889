package dev.backlot.sink.iceberg;

import dev.backlot.schema.SystemColumn;
import dev.backlot.sink.iceberg.SinkUpdate.Range;
import dev.backlot.transport.Marks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;

/**
 * Writes rows to files, dropping those below the table's marks, and before every barrier hands the
 * files to the committer. Writes the schema of the time the job was built: what is added to the
 * table since stays null, since files resolve columns by field id.
 */
final class WriterOperator extends AbstractStreamOperator<SinkUpdate>
    implements OneInputStreamOperator<RowData, SinkUpdate>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final LakeTable lakeTable;
  private final Schema schema;
  private final RowType rows;
  private final RowIdentity identity;
  private final HashMap<String, String> topicOfSource;
  private final int sourceColumn;
  private final int partitionColumn;
  private final int offsetColumn;

  private transient LakeTable.Opened opened;
  private transient RowFiles files;
  private transient Marks marks;
  private transient Map<StringData, List<Partition>> partitions;
  private transient StringData lastSource;
  private transient List<Partition> partitionsOfLast;
  private transient RowData.FieldGetter[] keyGetters;
  private transient Counter dropped;

  @SuppressWarnings("NullAway.Init")
  WriterOperator(
      LakeTable lakeTable,
      Schema schema,
      RowType rows,
      RowIdentity identity,
      Map<String, String> topicOfSource) {
    this.lakeTable = lakeTable;
    this.schema = schema;
    this.rows = rows;
    this.identity = identity;
    this.topicOfSource = new HashMap<>(topicOfSource);
    this.sourceColumn = rows.getFieldIndex(SystemColumn.SOURCE.column());
    this.partitionColumn = rows.getFieldIndex(SystemColumn.PARTITION.column());
    this.offsetColumn = rows.getFieldIndex(SystemColumn.OFFSET.column());
  }

  /** What this writer has seen of a partition. */
  private static final class Partition {
    final String topic;
    final int number;
    final long mark;
    final List<List<String>> keysOfLast = new ArrayList<>();
    long last = -1;
    long lowest = -1;
    long rows;

    Partition(String topic, int number, long mark) {
      this.topic = topic;
      this.number = number;
      this.mark = mark;
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    opened = lakeTable.open();
    marks = TableMarks.require(opened.table());
    int writer = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    files = new RowFiles(opened.table(), schema, rows, writer);
    partitions = new HashMap<>();
    lastSource = StringData.fromString("");
    partitionsOfLast = List.of();
    keyGetters =
        identity.key().stream()
            .mapToInt(rows::getFieldIndex)
            .mapToObj(index -> RowData.createFieldGetter(rows.getTypeAt(index), index))
            .toArray(RowData.FieldGetter[]::new);
    dropped = getMetricGroup().counter("rowsBelowMark");
  }

  @Override
  public void processElement(StreamRecord<RowData> element) throws IOException {
    RowData row = element.getValue();
    Partition partition = partition(row);
    long offset = row.getLong(offsetColumn);
    if (offset < partition.mark) {
      dropped.inc();
      return;
    }
    if (offset < partition.last
        || (offset == partition.last && !identity.keysPerRecord())
        || (identity.keysPerRecord() && !isNewKey(partition, row, offset))) {
      throw new IllegalStateException(
          "%s/%d went back from offset %d to %d; a row would be written twice"
              .formatted(partition.topic, partition.number, partition.last, offset));
    }
    if (partition.rows == 0) {
      partition.lowest = offset;
    }
    partition.last = offset;
    partition.rows++;
    files.add(row);
  }

  /** One record may give rows of several keys, but none of one key twice. */
  private boolean isNewKey(Partition partition, RowData row, long offset) {
    if (offset != partition.last) {
      partition.keysOfLast.clear();
    }
    List<String> key = new ArrayList<>();
    for (RowData.FieldGetter getter : keyGetters) {
      // A value itself may point into a buffer that is used again.
      Object value = getter.getFieldOrNull(row);
      key.add(value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value));
    }
    if (partition.keysOfLast.contains(key)) {
      return false;
    }
    partition.keysOfLast.add(key);
    return true;
  }

  private Partition partition(RowData row) {
    StringData source = row.getString(sourceColumn);
    if (source != lastSource && !source.equals(lastSource)) {
      // The row's own string may point into a buffer that is used again.
      lastSource = StringData.fromString(source.toString());
      partitionsOfLast = partitions.computeIfAbsent(lastSource, added -> new ArrayList<>());
    }
    int number = row.getInt(partitionColumn);
    while (partitionsOfLast.size() <= number) {
      partitionsOfLast.add(opened(lastSource.toString(), partitionsOfLast.size()));
    }
    return partitionsOfLast.get(number);
  }

  private Partition opened(String source, int number) {
    String topic = topicOfSource.get(source);
    if (topic == null) {
      throw new IllegalStateException(
          "Rows of Source " + source + ", which the plan does not read");
    }
    return new Partition(topic, number, marks.mark(topic, number).orElseThrow().nextOffset());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    handOver();
  }

  @Override
  public void endInput() throws Exception {
    handOver();
  }

  private void handOver() throws IOException {
    List<DataFile> written = files.close();
    if (written.isEmpty()) {
      return;
    }
    List<Range> ranges = new ArrayList<>();
    for (List<Partition> ofSource : partitions.values()) {
      for (Partition partition : ofSource) {
        if (partition.rows > 0) {
          ranges.add(
              new Range(
                  partition.topic,
                  partition.number,
                  partition.lowest,
                  partition.last,
                  partition.rows));
          partition.rows = 0;
        }
      }
    }
    output.collect(new StreamRecord<>(new SinkUpdate.Written(written, ranges)));
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
