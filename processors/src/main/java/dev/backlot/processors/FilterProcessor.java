package dev.backlot.processors;

import dev.backlot.processors.expression.ExpressionProblem;
import dev.backlot.processors.expression.Predicate;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/**
 * Passes rows for which a predicate is true. An updated or dumped row for which it is not becomes a
 * delete, since an older version may have passed; a created one is dropped. Deletes and truncations
 * always pass, but for deletes of rows without a key: these tell the whole row, and only those of
 * rows that have passed count.
 */
public final class FilterProcessor implements Processor {
  private static final String WHERE = "where";
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "filter",
          "Filter",
          "Keep rows that meet a condition",
          "Keeps the rows that meet a SQL predicate. A row that no longer meets it is deleted"
              + " downstream.",
          "rows",
          "filter",
          Ports.THROUGH,
          ConfigSchema.of(Config.class),
          Evolution.ALL,
          List.of(
              new Example(
                  "Movies that are still made",
                  "{id: active, processor: filter, from: movie,"
                      + " config: {where: \"phase <> 'CANCELLED'\"}}"),
              new Example(
                  "Movies with a budget, by title",
                  "{id: budgeted, processor: filter, from: movie,"
                      + " config: {where: \"production_budget IS NOT NULL AND title LIKE 'T%'\"}}")));

  /** What a step says. */
  record Config(
      @Setting(
              title = "Keep rows where",
              description =
                  "A SQL predicate over the input's fields. Rows for which it is false or unknown"
                      + " don't pass.",
              format = Format.SQL_PREDICATE,
              required = true,
              example = "phase <> 'CANCELLED'")
          String where) {}

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape shape = inputs.get(0).shape();
    String where = ConfigSchema.read(Config.class, config).where();
    Predicate.Outcome outcome = Predicate.compile(where, shape.fields());
    if (outcome instanceof Predicate.Outcome.Invalid invalid) {
      return new ProcessorPlan.Refused(
          invalid.problems().stream().map(problem -> finding(problem, where)).toList());
    }
    Predicate predicate = ((Predicate.Outcome.Valid) outcome).predicate();
    return new ProcessorPlan.Runnable(
        Map.of(WHERE, where),
        shape,
        predicate.consumed().stream().sorted().toList(),
        List.of(),
        input -> new Filter(predicate, shape));
  }

  private static Finding finding(ExpressionProblem problem, String where) {
    return new Finding(
        problem.code(),
        "config." + WHERE,
        "at " + problem.where(where) + " of the predicate, " + problem.fact(),
        problem.fix());
  }

  private static final class Filter implements RowFunction {
    private static final StringData DELETE = StringData.fromString("d");

    private final Predicate predicate;
    private final Shape shape;
    private final int op;
    private final int[] kept;
    private final RowData.FieldGetter[] getters;

    Filter(Predicate predicate, Shape shape) {
      this.predicate = predicate;
      this.shape = shape;
      this.op = shape.index(SystemColumn.OP);
      List<Integer> indexes = new ArrayList<>();
      shape.keyFields().forEach(key -> indexes.add(shape.index(key)));
      for (SystemColumn column : SystemColumn.values()) {
        indexes.add(shape.index(column));
      }
      shape.before().forEach(name -> indexes.add(shape.indexBefore(name)));
      if (!shape.before().isEmpty()) {
        indexes.add(shape.indexBeforeKnown());
      }
      this.kept = indexes.stream().mapToInt(Integer::intValue).toArray();
      this.getters = new RowData.FieldGetter[kept.length];
      for (int i = 0; i < kept.length; i++) {
        getters[i] = RowGetters.getter(shape, kept[i]);
      }
    }

    @Override
    public @Nullable RowData apply(RowData row) {
      byte letter = row.getString(op).toBytes()[0];
      boolean keyless = shape.key().isEmpty();
      if (letter == 't' || (letter == 'd' && !keyless) || predicate.holds(row)) {
        return row;
      }
      return letter == 'c' || keyless ? null : deleted(row);
    }

    private RowData deleted(RowData row) {
      GenericRowData deleted = new GenericRowData(shape.width());
      for (int i = 0; i < kept.length; i++) {
        deleted.setField(kept[i], getters[i].getFieldOrNull(row));
      }
      deleted.setField(op, DELETE);
      return deleted;
    }
  }
}
