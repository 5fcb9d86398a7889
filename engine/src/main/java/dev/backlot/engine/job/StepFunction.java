package dev.backlot.engine.job;

import dev.backlot.model.plan.PlanStep;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.RowFailedException;
import dev.backlot.sdk.RowsFunction;
import dev.backlot.sdk.StepInput;
import dev.backlot.transport.CommitLatency;
import dev.backlot.transport.DeadLetter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * Runs a planned step on the rows of one of its inputs; compiles it again where it runs. Rows that
 * fail go to {@link DeadLetter#TAG}.
 */
final class StepFunction extends ProcessFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final PlanStep step;
  private final ArrayList<StepInput> inputs;
  private final int input;
  private transient RowsFunction function;
  private transient Counter failed;
  private transient CommitLatency latency;

  @SuppressWarnings("NullAway.Init")
  StepFunction(PlanStep step, List<StepInput> inputs, int input) {
    this.step = step;
    this.inputs = new ArrayList<>(inputs);
    this.input = input;
  }

  @Override
  public void open(OpenContext context) {
    failed = getRuntimeContext().getMetricGroup().counter("deadLetters");
    latency =
        new CommitLatency(
            getRuntimeContext().getMetricGroup(),
            inputs.get(input).shape().index(SystemColumn.SOURCE_TS));
    function = StepRows.function(step, inputs, input);
  }

  @Override
  public void processElement(RowData row, Context context, Collector<RowData> out) {
    latency.see(row);
    try {
      function.apply(row, out::collect);
    } catch (RowFailedException e) {
      failed.inc();
      int ownFields = inputs.get(input).shape().fields().size();
      context.output(
          DeadLetter.TAG,
          DeadLetter.ofRow(
              step.id(), row, ownFields, e.code(), String.valueOf(e.getMessage()), Instant.now()));
    }
  }
}
