package dev.backlot.engine.job;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.transport.CommitLatency;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * The end of every plan: rows of exactly the columns of a table or published topic, in its order.
 */
final class TableProjection extends RichMapFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final Shape input;
  private final ArrayList<PlanSink.Target> targets;
  private transient RowFunction function;
  private transient CommitLatency latency;

  @SuppressWarnings("NullAway.Init")
  TableProjection(Shape input, List<PlanSink.Target> targets) {
    this.input = input;
    this.targets = new ArrayList<>(targets);
  }

  /** Returns the type of the rows that a sink is given. */
  static RowType rowType(List<PlanSink.Target> targets) {
    return new RowType(
        targets.stream()
            .map(
                target ->
                    new RowType.RowField(
                        target.name(), FlinkTypes.logicalType(FieldType.parse(target.type()))))
            .toList());
  }

  @Override
  public void open(OpenContext context) {
    function = StepRows.shaped(input, targets);
    latency =
        new CommitLatency(
            getRuntimeContext().getMetricGroup(), input.index(SystemColumn.SOURCE_TS));
  }

  @Override
  @SuppressWarnings("NullAway") // a rearranged row is never dropped
  public RowData map(RowData row) {
    latency.see(row);
    return function.apply(row);
  }
}
