package dev.backlot.controller.blocked;

import dev.backlot.controller.evolution.Evolution;
import dev.backlot.controller.evolution.Evolution.SourceChange;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ConsumedField;
import dev.backlot.schema.evolution.ConsumerSchema;
import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What blocks pipelines, with what their owners can choose. Thread-safe. */
public final class BlockedPipelines {
  private final PipelineStore pipelines;
  private final SourceStore sources;
  private final Evolutions evolutions;
  private final WaitingEvents waiting;

  /** Looks at these pipelines. */
  public BlockedPipelines(MetadataDatabase metadata, Evolutions evolutions, WaitingEvents waiting) {
    this.pipelines = metadata.pipelines();
    this.sources = metadata.sources();
    this.evolutions = evolutions;
    this.waiting = waiting;
  }

  /** How much is worth finding out about the events that wait. */
  public enum Effort {
    /** Only what is known already. */
    KNOWN,
    /** The data plane may be asked, which takes a second or so. */
    ASK
  }

  /**
   * Returns what blocks a pipeline, per Source: {@code {"source", "schema_id", "fields": [{"field",
   * "change", "becomes"?, "use", "reason", "steps", "choices"}], "waiting"?: [{"partition",
   * "offset", "schema_id", "written_at", "kept_until"?}]}}.
   */
  public List<Map<String, Object>> describe(PipelineSpec spec, String planHash, Effort effort) {
    List<BlockedSource> blocked = of(spec.name(), planHash);
    if (blocked.isEmpty()) {
      return List.of();
    }
    Optional<List<Map<String, Object>>> events =
        effort == Effort.ASK
            ? waiting.of(spec.name(), planHash)
            : waiting.known(spec.name(), planHash);
    PlannedFields planned = planned(spec.name());
    List<Map<String, Object>> all = new ArrayList<>();
    for (BlockedSource source : blocked) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("source", source.source());
      map.put("schema_id", source.schemaId());
      map.put(
          "fields",
          source.fields().stream().map(field -> field(spec, field, planned, blocked)).toList());
      events.ifPresent(found -> map.put("waiting", ofSource(found, source.source())));
      all.add(map);
    }
    return all;
  }

  private static Map<String, Object> field(
      PipelineSpec spec, BrokenField field, PlannedFields planned, List<BlockedSource> blocked) {
    FieldVerdict verdict = field.verdict();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("field", field.name());
    map.put("change", verdict.kind().label());
    if (!verdict.becomes().isEmpty()) {
      map.put("becomes", verdict.becomes());
    }
    map.put("use", verdict.use().map(Use::label).orElse(""));
    map.put("reason", verdict.reason());
    map.put("steps", field.steps());
    map.put("choices", Choices.of(spec, field, planned, broken(blocked, field.name()).size() > 1));
    return map;
  }

  private static List<Map<String, Object>> ofSource(
      List<Map<String, Object>> events, String source) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Map<String, Object> event : events) {
      if (source.equals(event.get("source"))) {
        Map<String, Object> map = new LinkedHashMap<>(event);
        map.remove("source");
        map.remove("topic");
        found.add(map);
      }
    }
    return found;
  }

  /** Returns the broken fields of a name, one for each Source that lost it. */
  static List<BrokenField> broken(List<BlockedSource> blocked, String field) {
    return blocked.stream()
        .flatMap(source -> source.fields().stream())
        .filter(broken -> broken.name().equals(field))
        .toList();
  }

  /** Returns the Sources whose changes the plan that a pipeline runs can't follow. */
  List<BlockedSource> of(String pipeline, String planHash) {
    if (planHash.isEmpty()) {
      return List.of();
    }
    Map<String, PlanSource> read = new HashMap<>();
    evolutions.read(pipeline, planHash).forEach(source -> read.put(source.name(), source));
    List<BlockedSource> blocked = new ArrayList<>();
    for (SourceChange change : evolution(pipeline, planHash).breaking()) {
      Optional<RowSchema> newest = evolutions.rowSchema(change.newest().schemaId());
      PlanSource source = read.get(change.source());
      if (newest.isPresent() && source != null) {
        blocked.add(
            new BlockedSource(
                change.source(),
                change.breaking().orElseThrow().schemaId(),
                broken(change, source, newest.get())));
      }
    }
    return blocked;
  }

  /** Returns what has become of a pipeline's Sources. */
  Evolution evolution(String pipeline, String planHash) {
    Map<String, StoredSource> byName = new HashMap<>();
    sources
        .list(evolutions.sourcesOf(pipeline, planHash))
        .forEach(source -> byName.put(source.descriptor().name(), source));
    return evolutions.of(pipeline, planHash, byName);
  }

  /** Returns the fields of a pipeline's deployed plan. */
  PlannedFields planned(String pipeline) {
    return pipelines
        .deployedPlan(pipeline)
        .map(json -> PlannedFields.of(Json.readTree(json)))
        .orElseGet(() -> new PlannedFields(Map.of(), Map.of()));
  }

  private static List<BrokenField> broken(
      SourceChange change, PlanSource source, RowSchema newest) {
    ConsumerSchema consumer = ConsumerSchema.of(source);
    List<BrokenField> broken = new ArrayList<>();
    for (FieldVerdict verdict : change.newest().verdict().with(Outcome.BREAKS)) {
      Optional<ConsumedField> consumed = consumer.field(verdict.field());
      boolean known = broken.stream().anyMatch(field -> field.name().equals(verdict.field()));
      if (consumed.isPresent() && !known) {
        broken.add(
            new BrokenField(
                change.source(),
                verdict,
                consumed.get(),
                source.use(verdict.field()).steps(),
                newest));
      }
    }
    return broken;
  }
}
