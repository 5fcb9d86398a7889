package dev.backlot.engine.job;

import dev.backlot.engine.plan.Shapes;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.Collector;

/** Skips what a dump wrote, for pipelines that start from the latest change. */
final class NoDumpedRows implements FlatMapFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final int op;

  private NoDumpedRows(int op) {
    this.op = op;
  }

  /** Returns the rows of a Source that its pipeline wants, by where it starts. */
  static DataStream<RowData> of(
      PlanSource source, DataStream<RowData> rows, String suffix, int parallelism) {
    if (!source.startFrom().equals("latest")) {
      return rows;
    }
    Shape shape = Shapes.of(source);
    return rows.flatMap(new NoDumpedRows(shape.index(SystemColumn.OP)))
        .returns(
            InternalTypeInfo.of(FlinkTypes.rowType(shape.names(), shape.types(), shape.before())))
        .name("skip dumped rows")
        .uid(source.id() + ":latest" + suffix)
        .setParallelism(parallelism);
  }

  @Override
  public void flatMap(RowData row, Collector<RowData> out) {
    if (row.getString(op).toBytes()[0] != 'r') {
      out.collect(row);
    }
  }
}
