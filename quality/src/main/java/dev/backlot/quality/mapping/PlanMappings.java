package dev.backlot.quality.mapping;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.source.PublishedName;
import dev.backlot.quality.mapping.Branch.OfSource;
import dev.backlot.quality.mapping.Branch.Origin;
import dev.backlot.quality.mapping.Branch.SetBy;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.quality.mapping.TableMapping.LeftOut;
import dev.backlot.quality.mapping.TableMapping.Unproven;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from a plan how its tables relate to its Sources. Pure: the plan is all that it needs.
 * A step that it does not know makes a table unproven; it never guesses.
 */
public final class PlanMappings {
  private final PipelinePlan plan;
  private final Map<String, PlanSource> sources = new HashMap<>();
  private final Map<String, PlanStep> steps = new HashMap<>();

  private PlanMappings(PipelinePlan plan) {
    this.plan = plan;
    plan.sources().forEach(source -> sources.put(source.id(), source));
    plan.steps().forEach(step -> steps.put(step.id(), step));
  }

  /** Returns a mapping for each table and each Source that reaches it, in the plan's order. */
  public static List<TableMapping> of(PipelinePlan plan) {
    PlanMappings mappings = new PlanMappings(plan);
    List<TableMapping> found = new ArrayList<>();
    for (PlanSink sink : plan.sinks()) {
      for (String id : sink.sources()) {
        found.add(mappings.mapping(sink, mappings.source(id)));
      }
    }
    return found;
  }

  private PlanSource source(String id) {
    PlanSource source = sources.get(id);
    if (source == null) {
      throw new IllegalArgumentException("The plan has no source '" + id + "'");
    }
    return source;
  }

  private TableMapping mapping(PlanSink sink, PlanSource source) {
    Optional<String> unsuited = unsuited(source);
    if (unsuited.isPresent()) {
      return new Unproven(sink.table(), source.name(), unsuited.get());
    }
    Branch branch = branch(sink.input(), source);
    if (branch.obstacle().isPresent()) {
      return new Unproven(sink.table(), source.name(), branch.obstacle().get());
    }
    List<Column> compared = new ArrayList<>();
    List<LeftOut> leftOut = new ArrayList<>();
    for (PlanSink.Target target : sink.shape().isEmpty() ? newShape(sink) : sink.shape()) {
      if (SystemColumn.ofColumn(target.name()).isPresent()) {
        continue;
      }
      Origin origin = branch.columns().get(target.from());
      if (origin instanceof OfSource column) {
        compared.add(new Column(column.name(), target.name(), column.type()));
      } else {
        leftOut.add(new LeftOut(target.name(), whyLeftOut(target, origin)));
      }
    }
    return byPosition(sink, source, branch, compared, leftOut);
  }

  private TableMapping byPosition(
      PlanSink sink,
      PlanSource source,
      Branch branch,
      List<Column> compared,
      List<LeftOut> leftOut) {
    List<Column> key = new ArrayList<>();
    for (String name : source.key()) {
      Optional<Column> column = compared.stream().filter(c -> c.source().equals(name)).findFirst();
      if (column.isEmpty()) {
        return new Unproven(
            sink.table(), source.name(), "its key column '" + name + "' is not in the table");
      }
      key.add(column.get());
    }
    if (identifiedByLess(sink, key)) {
      return new Unproven(
          sink.table(),
          source.name(),
          "the table's key has fewer columns than the Source's, so that rows merge");
    }
    return new ByPosition(
        plan.pipeline(),
        sink.table(),
        source.name(),
        source.topic(),
        source.epoch(),
        source.partitions(),
        key,
        compared.stream().filter(column -> !key.contains(column)).toList(),
        leftOut,
        SourcePredicate.all(branch.conditions()));
  }

  /** A key that several Sources share may be a part of a Source's own. */
  private static boolean identifiedByLess(PlanSink sink, List<Column> key) {
    Set<String> names = new HashSet<>(sink.key());
    return !key.stream().map(Column::table).allMatch(names::contains);
  }

  private static Optional<String> unsuited(PlanSource source) {
    if (PublishedName.is(source.name())) {
      return Optional.of(
          "a pipeline publishes the Source, so no database's table stands behind it");
    }
    if (source.key().isEmpty()) {
      return Optional.of("the Source has no key");
    }
    if (!source.startFrom().equals("earliest")) {
      return Optional.of(
          "the pipeline starts from "
              + source.startFrom()
              + ", so older rows are missing by intent");
    }
    return Optional.empty();
  }

  private static List<PlanSink.Target> newShape(PlanSink sink) {
    return sink.columns().stream()
        .map(column -> new PlanSink.Target(column.name(), column.type(), column.name()))
        .toList();
  }

  private static String whyLeftOut(PlanSink.Target target, @Nullable Origin origin) {
    if (origin instanceof SetBy step) {
      return step.reason();
    }
    return target.from().isEmpty() ? "nothing fills it any more" : "other Sources fill it";
  }

  private Branch branch(String id, PlanSource source) {
    if (id.equals(source.id())) {
      Map<String, Origin> columns = new LinkedHashMap<>();
      for (PlanColumn column : source.columns()) {
        columns.put(column.name(), new OfSource(column.name(), FieldType.parse(column.type())));
      }
      return new Branch(columns, List.of(), Optional.empty());
    }
    PlanStep step = steps.get(id);
    if (step == null) {
      return Branch.blocked("no path leads from the Source to it");
    }
    Optional<String> input = step.inputs().stream().filter(in -> reaches(in, source)).findFirst();
    if (input.isEmpty()) {
      return Branch.blocked("no path leads from the Source to it");
    }
    Branch before = branch(input.get(), source);
    return before.obstacle().isPresent() ? before : after(step, before);
  }

  private boolean reaches(String id, PlanSource source) {
    PlanStep step = steps.get(id);
    return id.equals(source.id())
        || (step != null && step.inputs().stream().anyMatch(input -> reaches(input, source)));
  }

  private static Branch after(PlanStep step, Branch input) {
    return switch (step.processor()) {
      case "filter" -> filtered(step, input);
      case "projection", "union" -> input.withColumns(kept(step, input.columns()));
      case "rename" -> renamed(step, input);
      case "graphql_enrichment" -> enriched(step, input);
      case "trigger" ->
          Branch.blocked(
              "step '" + step.id() + "' makes refreshes of other rows out of the Source's changes");
      default ->
          Branch.blocked(
              "what processor '"
                  + step.processor()
                  + "' of step '"
                  + step.id()
                  + "' does is unknown");
    };
  }

  private static Branch filtered(PlanStep step, Branch input) {
    String where = String.valueOf(step.config().get("where"));
    SourcePredicate.Outcome outcome = SourcePredicate.of(where, input);
    if (outcome instanceof SourcePredicate.Unknown unknown) {
      return Branch.blocked(
          "the filter of step '"
              + step.id()
              + "' can't be asked of the database: "
              + unknown.fact());
    }
    List<SourcePredicate> conditions = new ArrayList<>(input.conditions());
    conditions.add(((SourcePredicate.Known) outcome).predicate());
    return new Branch(input.columns(), conditions, Optional.empty());
  }

  private static Map<String, Origin> kept(PlanStep step, Map<String, Origin> input) {
    Map<String, Origin> columns = new LinkedHashMap<>();
    for (PlanColumn column : step.columns()) {
      Origin origin = input.get(column.name());
      if (origin != null) {
        columns.put(column.name(), origin);
      }
    }
    return columns;
  }

  private static Branch renamed(PlanStep step, Branch input) {
    if (!(step.config().get("fields") instanceof Map<?, ?> names)) {
      return Branch.blocked("the names of step '" + step.id() + "' are unknown");
    }
    Map<String, Origin> columns = new LinkedHashMap<>();
    input
        .columns()
        .forEach(
            (name, origin) -> {
              Object renamed = names.get(name);
              columns.put(renamed == null ? name : String.valueOf(renamed), origin);
            });
    return input.withColumns(columns);
  }

  private static Branch enriched(PlanStep step, Branch input) {
    if (!"keep".equals(step.config().get("on_missing"))) {
      return Branch.blocked(
          "step '" + step.id() + "' deletes rows of which its graph knows nothing");
    }
    Set<String> taken = new HashSet<>();
    if (!(step.config().get("take") instanceof List<?> takes)) {
      return Branch.blocked("what step '" + step.id() + "' sets is unknown");
    }
    for (Object take : takes) {
      taken.add(take instanceof Map<?, ?> map ? String.valueOf(map.get("name")) : "");
    }
    Map<String, Origin> columns = new LinkedHashMap<>();
    for (PlanColumn column : step.columns()) {
      Origin origin = input.columns().get(column.name());
      boolean set = origin == null || taken.contains(column.name());
      columns.put(
          column.name(),
          set ? new SetBy("step '" + step.id() + "' takes it from a graph") : origin);
    }
    return input.withColumns(columns);
  }
}
