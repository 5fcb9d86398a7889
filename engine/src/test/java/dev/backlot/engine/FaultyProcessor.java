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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Fails rows whose title a test has named, until it takes the name back. Others get the present
 * time, as rows do that are enriched.
 */
public final class FaultyProcessor implements Processor {
  static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

  /** Titles that end the job's attempt, each once. */
  static final Set<String> CRASHING = ConcurrentHashMap.newKeySet();

  @Override
  public ProcessorDescriptor descriptor() {
    return new ProcessorDescriptor(
        "faulty",
        "Faulty",
        "Fail rows on demand",
        "Fails rows on demand.",
        "rows",
        "step",
        ProcessorDescriptor.Ports.THROUGH,
        Map.of("type", "object", "properties", Map.of()),
        ProcessorDescriptor.Evolution.ALL,
        List.of());
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape shape = inputs.get(0).shape();
    // By title, or by its first field.
    int told = Math.max(0, shape.index("title"));
    RowData.FieldGetter value =
        RowData.createFieldGetter(FlinkTypes.logicalType(shape.fields().get(told).type()), told);
    int op = shape.index(SystemColumn.OP);
    RowType type = FlinkTypes.rowType(shape.names(), shape.types());
    RowsFunction function =
        (row, out) -> {
          if (CRASHING.remove(String.valueOf(value.getFieldOrNull(row)))) {
            throw new IllegalStateException("a test said so");
          }
          boolean deleted = row.getString(op).toString().equals("d");
          if (!deleted && FAILING.contains(String.valueOf(value.getFieldOrNull(row)))) {
            throw new RowFailedException(ProblemCode.JOB_FAILED, "a test said so");
          }
          out.accept(now(row, type, shape.index(SystemColumn.TS)));
        };
    return new ProcessorPlan.Runnable(
        Map.of(), shape, List.of(), List.of(), new Work.Expanding(input -> function));
  }

  private static RowData now(RowData row, RowType type, int ts) {
    GenericRowData copy = new GenericRowData(type.getFieldCount());
    for (int i = 0; i < type.getFieldCount(); i++) {
      copy.setField(i, RowData.createFieldGetter(type.getTypeAt(i), i).getFieldOrNull(row));
    }
    copy.setField(ts, TimestampData.fromInstant(Instant.now()));
    return copy;
  }
}
