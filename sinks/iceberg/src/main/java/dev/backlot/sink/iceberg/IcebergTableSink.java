package dev.backlot.sink.iceberg;

import dev.backlot.model.plan.PlanSource;
import dev.backlot.transport.Letter;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Progress;
import dev.backlot.transport.SerializedType;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;

/**
 * Appends rows to one Iceberg table, exactly once, and notes in each commit up to where the Sources
 * have been read. Keeps no state in Flink; commits at every aligned checkpoint barrier.
 *
 * <p>The table exists before a job does, with marks for every Source ({@link
 * TableMarks#initialise}).
 */
public final class IcebergTableSink {
  /** Least time between commits that only move marks while records keep coming. */
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(3);

  private final String id;
  private final LakeTable table;
  private final List<PlanSource> sources;
  private final RowIdentity identity;

  /**
   * Describes the sink.
   *
   * @param id the step's id, unique in the job
   * @param sources the Sources whose rows reach this table
   * @param identity what tells its rows apart
   */
  public IcebergTableSink(
      String id,
      LakeSettings lake,
      TableName table,
      List<PlanSource> sources,
      RowIdentity identity) {
    this.id = id;
    this.table = new LakeTable(lake, table);
    this.sources = List.copyOf(sources);
    this.identity = identity;
  }

  /**
   * Replayed rows, which a sink takes beside those that come by.
   *
   * @param rows in the table's exact shape, with the place of the record that they come from
   * @param letters what is replayed, before the barrier that the rows are before
   * @param orderedByTime whether the later {@code _ts} is the newer version
   */
  public record Replays(
      DataStream<RowData> rows, DataStream<Letter> letters, boolean orderedByTime) {}

  /** Returns what tells readers where this table stands. */
  public MarkReader marks() {
    LakeTable read = table;
    return () -> {
      try (LakeTable.Opened opened = read.open()) {
        return TableMarks.require(opened.table());
      }
    };
  }

  /**
   * Adds the sink to a job. Loads the table: its schema as of now is the one written, whatever is
   * added beside the running job.
   *
   * @param rows in the table's exact shape
   * @param rowType of the rows, named as the table's columns are
   * @param replays what is replayed into it, if anything ever is
   * @param progress of every Source whose rows reach this table, and whatever else must have let a
   *     barrier pass before the table is committed
   * @param parallelism of the writers
   * @throws dev.backlot.model.ProblemException {@code TABLE_SCHEMA_CONFLICT} when rows and table
   *     differ in a column's name, place or type
   */
  public void attach(
      DataStream<RowData> rows,
      RowType rowType,
      Optional<Replays> replays,
      List<DataStream<Progress>> progress,
      int parallelism) {
    SerializedType<SinkUpdate> updates = new SerializedType<>(SinkUpdate.class);
    Map<String, String> topics =
        sources.stream().collect(Collectors.toMap(PlanSource::name, PlanSource::topic));
    Schema schema = checkedSchema(rowType);
    DataStream<SinkUpdate> all =
        rows.transform(
                "write " + table.name(),
                updates,
                new WriterOperator(table, schema, rowType, identity, topics))
            .uid(id + ":write")
            .setParallelism(parallelism);
    if (replays.isPresent()) {
      Replays replayed = replays.get();
      all =
          all.union(
              replayed
                  .rows()
                  .connect(replayed.letters())
                  .transform(
                      "write replays into " + table.name(),
                      updates,
                      new ReplayWriterOperator(
                          table, schema, rowType, identity, replayed.orderedByTime(), topics))
                  .uid(id + ":write-replays")
                  .setParallelism(1)
                  .setMaxParallelism(1));
    }
    for (DataStream<Progress> ofSource : progress) {
      all =
          all.union(
              ofSource
                  .<SinkUpdate>map(SinkUpdate.Passed::new)
                  .returns(updates)
                  .name("progress")
                  .setParallelism(ofSource.getParallelism()));
    }
    all.transform(
            "commit " + table.name(),
            new SerializedType<>(NoOutput.class),
            new CommitterOperator(table, PROGRESS_INTERVAL))
        .uid(id + ":commit")
        .setParallelism(1)
        .setMaxParallelism(1)
        .sinkTo(new org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink<>())
        .setParallelism(1)
        .name("end");
  }

  private Schema checkedSchema(RowType rowType) {
    try (LakeTable.Opened opened = table.open()) {
      Schema schema = opened.table().schema();
      ShapeCheck.check(table.name().toString(), rowType, schema);
      if (opened.table().spec().isPartitioned()) {
        throw new IllegalStateException("Table " + table.name() + " is partitioned");
      }
      return schema;
    }
  }
}
