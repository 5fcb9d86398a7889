package dev.backlot.engine.job;

import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** Runs a planned step on the rows of one of its inputs; compiles it again where it runs. */
final class StepFunction extends RichFlatMapFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final PlanStep step;
  private final ArrayList<StepInput> inputs;
  private final int input;
  private transient RowFunction function;

  @SuppressWarnings("NullAway.Init")
  StepFunction(PlanStep step, List<StepInput> inputs, int input) {
    this.step = step;
    this.inputs = new ArrayList<>(inputs);
    this.input = input;
  }

  @Override
  public void open(OpenContext context) {
    ProcessorPlan plan =
        Processors.load().find(step.processor()).orElseThrow().plan(step.config(), inputs);
    if (!(plan instanceof ProcessorPlan.Runnable runnable)) {
      throw new IllegalStateException("Step " + step.id() + " no longer plans: " + plan);
    }
    function = runnable.functions().apply(input);
  }

  @Override
  public void flatMap(RowData row, Collector<RowData> out) {
    RowData made = function.apply(row);
    if (made != null) {
      out.collect(made);
    }
  }
}
