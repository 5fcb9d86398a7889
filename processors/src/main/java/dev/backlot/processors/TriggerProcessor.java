package dev.backlot.processors;

import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFailedException;
import dev.backlot.sdk.RowsFunction;
import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/**
 * Makes each change of its input a refresh of the entity that the changed row refers to; of both,
 * when the change made it refer to another one. A refresh has the key only, and is never a delete:
 * what became of the entity is for the step behind to find out.
 */
public final class TriggerProcessor implements Processor {
  private static final String KEY = "key";
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "trigger",
          "Trigger",
          "Refresh the rows that a change refers to",
          "Every change of its input becomes a refresh of the row with that key, and of the row with"
              + " the key it had before. Carries the key only.",
          "rows",
          "refresh",
          Ports.THROUGH,
          ConfigSchema.of(Config.class),
          Evolution.EXPLICIT,
          List.of(
              new Example(
                  "A change in the cast refreshes the movie",
                  "{id: recast, processor: trigger, from: cast_member,"
                      + " config: {key: [movie_id]}}")));

  /** What a step says. */
  record Config(
      @Setting(
              title = "Key of what is refreshed",
              description = "Fields of the input that identify the row to refresh.",
              format = Format.FIELD,
              required = true)
          List<String> key) {}

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public List<String> needsBefore(Map<String, Object> config) {
    return ConfigSchema.read(Config.class, config).key();
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape input = inputs.get(0).shape();
    List<String> key = ConfigSchema.read(Config.class, config).key();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      String path = "config.key[" + i + "]";
      Settings.unknownField(key.get(i), input, path).ifPresent(findings::add);
      if (input.index(key.get(i)) >= 0 && !input.before().contains(key.get(i))) {
        findings.add(
            new Finding(
                ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
                path,
                "its input does not tell the value that '" + key.get(i) + "' had before a change",
                "Put the trigger behind its Source, or behind filters and projections of it."));
      }
    }
    if (!findings.isEmpty()) {
      return new ProcessorPlan.Refused(findings);
    }
    List<Field> fields = key.stream().map(name -> input.field(name).orElseThrow()).toList();
    Shape output = new Shape(fields, key, input.sources(), Shape.Order.TIME);
    return new ProcessorPlan.Runnable(
        Map.of(KEY, key),
        output,
        key,
        List.of(),
        new Work.Expanding(index -> new Trigger(input, output)));
  }

  private static final class Trigger implements RowsFunction {
    private static final StringData REFRESH = StringData.fromString("r");

    private final Shape output;
    private final int op;
    private final int known;
    private final RowData.FieldGetter[] after;
    private final RowData.FieldGetter[] before;
    private final RowData.FieldGetter[] system;

    Trigger(Shape input, Shape output) {
      this.output = output;
      this.op = input.index(SystemColumn.OP);
      this.known = input.indexBeforeKnown();
      this.after = getters(input, output.key().stream().mapToInt(input::index).toArray());
      this.before = getters(input, output.key().stream().mapToInt(input::indexBefore).toArray());
      this.system =
          getters(input, Arrays.stream(SystemColumn.values()).mapToInt(input::index).toArray());
    }

    private static RowData.FieldGetter[] getters(Shape shape, int[] indexes) {
      return Arrays.stream(indexes)
          .mapToObj(index -> RowGetters.getter(shape, index))
          .toArray(RowData.FieldGetter[]::new);
    }

    @Override
    public void apply(RowData row, Consumer<RowData> out) {
      byte letter = row.getString(op).toBytes()[0];
      if (letter == 't') {
        throw new RowFailedException(
            ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
            "its table was truncated, which does not tell what its rows referred to: dump the Source"
                + " of what is to be refreshed");
      }
      if (!row.getBoolean(known)) {
        throw new RowFailedException(
            ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
            "the change does not tell "
                + String.join(", ", output.key())
                + " as it was, since the table's REPLICA IDENTITY is not FULL any more: set it again,"
                + " and dump the Source of what is to be refreshed");
      }
      @Nullable Object[] old = values(row, before);
      @Nullable Object[] now = letter == 'd' ? new Object[after.length] : values(row, after);
      if (isWhole(old) && !Arrays.deepEquals(old, now)) {
        out.accept(refresh(row, old));
      }
      if (isWhole(now)) {
        out.accept(refresh(row, now));
      }
    }

    private static @Nullable Object[] values(RowData row, RowData.FieldGetter[] getters) {
      @Nullable Object[] values = new Object[getters.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = getters[i].getFieldOrNull(row);
      }
      return values;
    }

    /** A row that refers to nothing refreshes nothing. */
    private static boolean isWhole(@Nullable Object[] key) {
      return Arrays.stream(key).allMatch(value -> value != null);
    }

    private RowData refresh(RowData row, @Nullable Object[] key) {
      GenericRowData refresh = new GenericRowData(output.width());
      for (int i = 0; i < key.length; i++) {
        refresh.setField(i, key[i]);
      }
      for (SystemColumn column : SystemColumn.values()) {
        refresh.setField(output.index(column), system[column.ordinal()].getFieldOrNull(row));
      }
      refresh.setField(output.index(SystemColumn.OP), REFRESH);
      refresh.setField(output.index(SystemColumn.EXACT), null);
      return refresh;
    }
  }
}
