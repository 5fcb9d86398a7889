package dev.backlot.model.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where the values of a table's column come from. */
public sealed interface ColumnOrigin {
  /**
   * They are copies of columns of Sources. A Source that is not among them leaves the column null.
   *
   * @param columns the Source's column by the id that the Source has in the plan
   */
  record Copied(Map<String, String> columns) implements ColumnOrigin {
    /** Copies what is mutable. */
    public Copied {
      columns = Map.copyOf(columns);
    }
  }

  /**
   * A step makes them, for some Source at least.
   *
   * @param step its id
   */
  record Made(String step) implements ColumnOrigin {}

  /** Nothing fills the column. */
  record Unfilled() implements ColumnOrigin {}

  /** Returns the origin of a table's column along a plan's steps. */
  static ColumnOrigin of(PipelinePlan plan, PlanSink sink, String column) {
    Optional<String> from =
        sink.shape().stream()
            .filter(target -> target.name().equals(column))
            .map(PlanSink.Target::from)
            .findFirst();
    return from.isEmpty() || from.get().isEmpty()
        ? new Unfilled()
        : traced(plan, sink.input(), from.get());
  }

  private static ColumnOrigin traced(PipelinePlan plan, String id, String column) {
    for (PlanSource source : plan.sources()) {
      if (source.id().equals(id)) {
        return source.columns().stream().anyMatch(known -> known.name().equals(column))
            ? new Copied(Map.of(id, column))
            : new Unfilled();
      }
    }
    for (PlanStep step : plan.steps()) {
      if (step.id().equals(id)) {
        return traced(plan, step, column);
      }
    }
    return new Unfilled();
  }

  private static ColumnOrigin traced(PipelinePlan plan, PlanStep step, String column) {
    if (step.columns().stream().noneMatch(known -> known.name().equals(column))) {
      return new Unfilled();
    }
    return switch (step.processor()) {
      case "filter", "projection", "union" -> united(plan, step, column);
      case "rename" -> united(plan, step, before(step, column));
      case "graphql_enrichment" -> {
        ColumnOrigin given = united(plan, step, column);
        yield given instanceof Unfilled ? new Made(step.id()) : given;
      }
      default -> new Made(step.id());
    };
  }

  private static ColumnOrigin united(PipelinePlan plan, PlanStep step, String column) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (String input : step.inputs()) {
      ColumnOrigin origin = traced(plan, input, column);
      if (origin instanceof Made) {
        return origin;
      }
      if (origin instanceof Copied copied) {
        columns.putAll(copied.columns());
      }
    }
    return columns.isEmpty() ? new Unfilled() : new Copied(columns);
  }

  /** Returns the name that a column had before a step renamed it. */
  private static String before(PlanStep step, String column) {
    if (step.config().get("fields") instanceof Map<?, ?> names) {
      for (Map.Entry<?, ?> name : names.entrySet()) {
        if (column.equals(name.getValue())) {
          return String.valueOf(name.getKey());
        }
      }
    }
    return column;
  }
}
