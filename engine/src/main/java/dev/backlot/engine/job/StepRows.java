package dev.backlot.engine.job;

import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Rows;
import dev.backlot.sdk.RowsFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.util.List;
import org.apache.flink.table.data.RowData;

/** What planned steps do with rows, compiled where the rows are: in jobs and in previews alike. */
public final class StepRows {
  private static final Processors PROCESSORS = Processors.load();

  private StepRows() {}

  /**
   * Returns what a planned step does, once it is compiled.
   *
   * @throws IllegalStateException when the processor no longer accepts what was planned
   */
  public static Work work(PlanStep step, List<StepInput> inputs) {
    ProcessorPlan plan =
        PROCESSORS.find(step.processor()).orElseThrow().plan(step.config(), inputs);
    if (plan instanceof ProcessorPlan.Runnable runnable) {
      return runnable.work();
    }
    throw new IllegalStateException("Step " + step.id() + " no longer plans: " + plan);
  }

  /**
   * Returns what a planned step does with the rows of one of its inputs; for one thread.
   *
   * @throws IllegalStateException when it does not handle rows by themselves
   */
  public static RowsFunction function(PlanStep step, List<StepInput> inputs, int input) {
    Work work = work(step, inputs);
    if (work instanceof Work.Expanding expanding) {
      return expanding.functions().apply(input);
    }
    if (work instanceof Work.PerRow perRow) {
      RowFunction single = perRow.functions().apply(input);
      return (row, out) -> {
        RowData made = single.apply(row);
        if (made != null) {
          out.accept(made);
        }
      };
    }
    throw new IllegalStateException("Step " + step.id() + " does not handle rows by themselves");
  }

  /** Returns what makes rows of exactly the columns of a table or published topic. */
  public static RowFunction shaped(Shape input, List<PlanSink.Target> targets) {
    return Rows.rearrange(
        input,
        targets.stream()
            .map(t -> new Rows.Column(t.name(), FieldType.parse(t.type()), t.from()))
            .toList());
  }
}
