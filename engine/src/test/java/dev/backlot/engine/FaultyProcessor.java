package dev.backlot.engine;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.ProblemCode;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFailedException;
import dev.backlot.sdk.RowsFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.table.data.RowData;

/** Fails rows whose title a test has named, until it takes the name back. */
public final class FaultyProcessor implements Processor {
  static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

  @Override
  public ProcessorDescriptor descriptor() {
    return new ProcessorDescriptor(
        "faulty",
        "Faulty",
        "Fails rows on demand.",
        1,
        1,
        List.of(),
        ProcessorDescriptor.Evolution.ALL,
        "");
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape shape = inputs.get(0).shape();
    // By title, or by its first field.
    int told = Math.max(0, shape.index("title"));
    RowData.FieldGetter value =
        RowData.createFieldGetter(FlinkTypes.logicalType(shape.fields().get(told).type()), told);
    int op = shape.index(SystemColumn.OP);
    RowsFunction function =
        (row, out) -> {
          boolean deleted = row.getString(op).toString().equals("d");
          if (!deleted && FAILING.contains(String.valueOf(value.getFieldOrNull(row)))) {
            throw new RowFailedException(ProblemCode.JOB_FAILED, "a test said so");
          }
          out.accept(row);
        };
    return new ProcessorPlan.Runnable(
        Map.of(), shape, List.of(), List.of(), new Work.Expanding(input -> function));
  }
}
