package dev.backlot.engine.plan;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What flows between the steps of a plan, computed again from the plan alone. */
public final class Shapes {
  private Shapes() {}

  /** Returns the columns that describe fields in a plan. */
  static List<PlanColumn> columns(List<Field> fields) {
    return fields.stream()
        .map(field -> new PlanColumn(field.name(), field.type().notation(), field.nullable()))
        .toList();
  }

  /** Returns the shape of a Source's rows. */
  public static Shape of(PlanSource source) {
    List<Field> fields =
        source.columns().stream()
            .map(
                column ->
                    new Field(
                        column.name(),
                        FieldType.parse(column.type()),
                        column.nullable(),
                        "",
                        Map.of()))
            .toList();
    return new Shape(fields, source.key(), List.of(source.id()), order(source), source.before());
  }

  /** Returns how versions of one key of a Source are ordered. */
  static Shape.Order order(PlanSource source) {
    return source.orderedByTime() ? Shape.Order.TIME : Shape.Order.OFFSET;
  }

  /**
   * Returns the shapes of all sources and steps, by id.
   *
   * @param processors finds a processor by its type
   * @throws IllegalStateException when a processor no longer accepts what was planned
   */
  public static Map<String, Shape> of(PipelinePlan plan, Function<String, Processor> processors) {
    Map<String, Shape> shapes = new HashMap<>();
    plan.sources().forEach(source -> shapes.put(source.id(), of(source)));
    for (PlanStep step : plan.steps()) {
      Processor processor = processors.apply(step.processor());
      ProcessorPlan made = processor.plan(step.config(), inputs(step, shapes));
      if (!(made instanceof ProcessorPlan.Runnable runnable)) {
        throw new IllegalStateException("Step " + step.id() + " no longer plans: " + made);
      }
      shapes.put(step.id(), runnable.output());
    }
    return shapes;
  }

  /** Returns the inputs of a step, whose shapes are known. */
  public static List<StepInput> inputs(PlanStep step, Map<String, Shape> shapes) {
    return step.inputs().stream()
        .map(id -> new StepInput(id, Objects.requireNonNull(shapes.get(id), id)))
        .toList();
  }
}
