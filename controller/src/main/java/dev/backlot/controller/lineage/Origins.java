package dev.backlot.controller.lineage;

import dev.backlot.controller.web.Json;
import dev.backlot.metadata.OriginStore;
import dev.backlot.metadata.OriginStore.Origin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.evolution.SchemaChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Remembers where the values of columns come from, before a job writes any: what may not be seen
 * depends on it, also after the pipeline is changed or gone. Thread-safe.
 */
public final class Origins {
  private final OriginStore store;

  /** Remembers in a store. */
  public Origins(OriginStore store) {
    this.store = store;
  }

  /** Notes the origins that a plan brings about. */
  public void note(Map<String, Object> plan) {
    note(Json.MAPPER.convertValue(plan, PipelinePlan.class));
  }

  /** Notes the origins that a plan brings about. */
  public void note(PipelinePlan plan) {
    store.note(plan.pipeline(), of(plan));
  }

  /**
   * Returns which fields of the Sources that a plan reads arrive in which columns; under all names
   * that the fields have had. A pure function of the plan.
   */
  static List<Origin> of(PipelinePlan plan) {
    LineageGraph graph = new LineageGraph(List.of(PlanLineage.of(plan)));
    Map<String, Map<String, Set<String>>> names = new HashMap<>();
    plan.sources().forEach(source -> names.put(source.name(), formerNames(source)));
    Set<Origin> origins = new LinkedHashSet<>();
    List<LineageNode> targets = new ArrayList<>();
    plan.sinks()
        .forEach(
            sink ->
                sink.shape()
                    .forEach(to -> targets.add(LineageNode.table(sink.table(), to.name()))));
    plan.publications()
        .forEach(
            made ->
                made.fields()
                    .forEach(to -> targets.add(LineageNode.source(made.source(), to.name()))));
    for (LineageNode target : targets) {
      for (LineageNode from : graph.origins(target).keySet()) {
        Set<String> all = new TreeSet<>(Set.of(from.field()));
        all.addAll(names.getOrDefault(from.owner(), Map.of()).getOrDefault(from.field(), Set.of()));
        all.forEach(
            field ->
                origins.add(
                    new Origin(
                        target.kind().label(),
                        target.owner(),
                        target.field(),
                        from.owner(),
                        field)));
      }
    }
    return List.copyOf(origins);
  }

  private static Map<String, Set<String>> formerNames(PlanSource source) {
    List<List<Field>> schemas = new ArrayList<>();
    for (PlanSchema schema : source.valueSchemas()) {
      schemas.add(AvroSchemas.rowSchema(AvroSchemas.parse(schema.avro())).fields());
    }
    return formerNames(schemas);
  }

  /**
   * Returns under which other names the fields of the newest of some schemas went in older ones.
   *
   * @param schemas oldest first
   */
  public static Map<String, Set<String>> formerNames(List<List<Field>> schemas) {
    Map<String, Set<String>> former = new HashMap<>();
    if (schemas.size() < 2) {
      return former;
    }
    Map<String, String> byNumber = new HashMap<>();
    for (Field field : schemas.get(schemas.size() - 1)) {
      SchemaChanges.number(field).ifPresent(number -> byNumber.put(number, field.name()));
    }
    for (List<Field> schema : schemas) {
      for (Field field : schema) {
        SchemaChanges.number(field)
            .map(byNumber::get)
            .filter(now -> !now.equals(field.name()))
            .ifPresent(
                now -> former.computeIfAbsent(now, any -> new TreeSet<>()).add(field.name()));
      }
    }
    return former;
  }
}
