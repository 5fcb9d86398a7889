package dev.backlot.sink.iceberg;

import dev.backlot.model.plan.PlanSource;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Progress;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Table;
import org.apache.iceberg.flink.TableLoader;

/**
 * Appends rows to one Iceberg table, exactly once, and keeps in each commit up to where the Sources
 * have been read. Keeps no state in Flink; commits at every aligned checkpoint barrier.
 */
public final class IcebergTableSink {
  private final String id;
  private final TableLoader loader;
  private final List<PlanSource> sources;

  /**
   * Describes the sink.
   *
   * @param id the step's id, unique in the job
   * @param loader loads the table afresh wherever a part of the sink starts
   * @param sources the Sources whose rows reach this table
   */
  public IcebergTableSink(String id, TableLoader loader, List<PlanSource> sources) {
    this.id = id;
    this.loader = loader;
    this.sources = List.copyOf(sources);
  }

  /** Returns what tells readers where this table stands. */
  public MarkReader marks() {
    throw new UnsupportedOperationException(id + loader + sources);
  }

  /**
   * Adds the sink to a job.
   *
   * @param rows in the table's exact shape
   * @param rowType of the rows, named as the table's columns are
   * @param progress of every Source whose rows reach this table
   * @param table as loaded now: its schema is the one written, whatever is added beside the job
   * @param parallelism of the writers
   * @throws dev.backlot.model.ProblemException {@code TABLE_SCHEMA_CONFLICT} when rows and table
   *     differ in a column's name, place or type
   */
  public void attach(
      DataStream<RowData> rows,
      RowType rowType,
      List<DataStream<Progress>> progress,
      Table table,
      int parallelism) {
    throw new UnsupportedOperationException();
  }
}
