package dev.backlot.quality.enrichment;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.quality.enrichment.EnrichedTable.Column;
import dev.backlot.quality.enrichment.EnrichedTable.Refresh;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out from a plan which tables have columns from graphs whose questions can be asked again:
 * what the step asks with must be in the table. Pure.
 */
public final class EnrichedTables {
  private static final String ENRICHMENT = "graphql_enrichment";

  private final PipelinePlan plan;
  private final Map<String, PlanStep> steps = new HashMap<>();

  private EnrichedTables(PipelinePlan plan) {
    this.plan = plan;
    plan.steps().forEach(step -> steps.put(step.id(), step));
  }

  /** Returns an entry for each table and each step that fills columns of it. */
  public static List<EnrichedTable> of(PipelinePlan plan) {
    EnrichedTables tables = new EnrichedTables(plan);
    List<EnrichedTable> found = new ArrayList<>();
    for (PlanSink sink : plan.sinks()) {
      for (PlanStep step : plan.steps()) {
        if (step.processor().equals(ENRICHMENT)) {
          tables.entry(sink, step).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private Optional<EnrichedTable> entry(PlanSink sink, PlanStep step) {
    Map<String, String> asked = new LinkedHashMap<>();
    maps(step.config().get("variables")).forEach(v -> asked.put(text(v, "field"), ""));
    if (step.config().get("match") instanceof Map<?, ?> match) {
      match.values().forEach(field -> asked.put(String.valueOf(field), ""));
    }
    List<Column> inputs = new ArrayList<>();
    for (String field : asked.keySet()) {
      Optional<Column> column = column(sink, step.id(), field);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(column.get());
    }
    List<Column> taken = new ArrayList<>();
    for (Map<?, ?> take : maps(step.config().get("take"))) {
      column(sink, step.id(), text(take, "name")).ifPresent(taken::add);
    }
    List<Column> key = new ArrayList<>();
    for (String name : sink.key()) {
      if (SystemColumn.ofColumn(name).isEmpty()) {
        own(sink, name).ifPresent(key::add);
      }
    }
    if (taken.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new EnrichedTable(
            plan.pipeline(), sink.table(), step.id(), key, inputs, taken, refreshes(sink)));
  }

  private List<Refresh> refreshes(PlanSink sink) {
    List<Refresh> refreshes = new ArrayList<>();
    for (PlanSource source : plan.sources()) {
      List<String> key = new ArrayList<>();
      for (String name : source.key()) {
        column(sink, source.id(), name).map(Column::name).ifPresent(key::add);
      }
      boolean whole = key.size() == source.key().size() && !key.isEmpty();
      if (whole && key.containsAll(sink.key().stream().filter(EnrichedTables::isOwn).toList())) {
        refreshes.add(new Refresh(source.name(), key));
      }
    }
    return refreshes;
  }

  private static boolean isOwn(String name) {
    return SystemColumn.ofColumn(name).isEmpty();
  }

  /** Returns the table's column that holds what a field of a step's output holds. */
  private Optional<Column> column(PlanSink sink, String from, String field) {
    return named(sink.input(), from, field)
        .flatMap(name -> own(sink, name))
        .map(column -> new Column(field, column.name(), column.type()));
  }

  /** Returns the table's column that an input column fills. */
  private static Optional<Column> own(PlanSink sink, String input) {
    for (PlanSink.Target target : sink.shape()) {
      if (target.from().equals(input)) {
        return Optional.of(new Column(input, target.name(), FieldType.parse(target.type())));
      }
    }
    return sink.shape().isEmpty()
        ? sink.columns().stream()
            .filter(column -> column.name().equals(input))
            .findFirst()
            .map(column -> new Column(input, input, FieldType.parse(column.type())))
        : Optional.empty();
  }

  /** Returns the name under which a step's field leaves another, when it gets there unchanged. */
  private Optional<String> named(String at, String from, String field) {
    if (at.equals(from)) {
      return Optional.of(field);
    }
    PlanStep step = steps.get(at);
    if (step == null) {
      return Optional.empty();
    }
    for (String input : step.inputs()) {
      Optional<String> before = named(input, from, field);
      if (before.isPresent()) {
        return before.flatMap(name -> after(step, name));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> after(PlanStep step, String name) {
    String left =
        step.processor().equals("rename") && step.config().get("fields") instanceof Map<?, ?> names
            ? Optional.ofNullable(names.get(name)).map(String::valueOf).orElse(name)
            : name;
    boolean set =
        step.processor().equals(ENRICHMENT)
            && maps(step.config().get("take")).stream().anyMatch(t -> text(t, "name").equals(left));
    boolean known =
        switch (step.processor()) {
          case "filter", "projection", "rename", "union", "trigger", ENRICHMENT -> true;
          default -> false;
        };
    return known && !set && step.columns().stream().map(PlanColumn::name).anyMatch(left::equals)
        ? Optional.of(left)
        : Optional.empty();
  }

  private static List<Map<?, ?>> maps(@org.jspecify.annotations.Nullable Object value) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }

  private static String text(Map<?, ?> map, String name) {
    return String.valueOf(map.get(name));
  }
}
