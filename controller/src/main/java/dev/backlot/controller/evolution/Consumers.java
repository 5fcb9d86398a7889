package dev.backlot.controller.evolution;

import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who takes what from Sources, as deployed plans say. Thread-safe. */
public final class Consumers {
  private final Evolutions evolutions;

  /** Asks what deployed plans read. */
  public Consumers(Evolutions evolutions) {
    this.evolutions = evolutions;
  }

  /**
   * Returns the pipelines that read a Source, each as {@code {"pipeline", "opted_in", "fields":
   * [{"field", "type", "use", "steps"?, "columns"?, "filled_with"?}]}}.
   */
  public List<Map<String, Object>> ofSource(String source) {
    return evolutions.readers(source).stream()
        .map(reader -> consumer("pipeline", reader.pipeline(), reader.planned()))
        .toList();
  }

  /** Returns the Sources that a pipeline reads, in the same way, by {@code source}. */
  public List<Map<String, Object>> ofPipeline(String pipeline, String planHash) {
    return evolutions.read(pipeline, planHash).stream()
        .map(read -> consumer("source", read.name(), read))
        .toList();
  }

  private static Map<String, Object> consumer(String noun, String name, PlanSource read) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(noun, name);
    map.put("opted_in", read.open());
    map.put("fields", read.columns().stream().map(column -> field(column, read)).toList());
    return map;
  }

  private static Map<String, Object> field(PlanColumn column, PlanSource read) {
    PlanUse use = read.use(column.name());
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("field", column.name());
    map.put("type", column.type());
    map.put("use", use.use());
    if (!use.steps().isEmpty()) {
      map.put("steps", use.steps());
    }
    if (!use.columns().isEmpty()) {
      map.put("columns", use.columns());
    }
    if (!use.fill().isEmpty()) {
      map.put("filled_with", use.fill());
    }
    return map;
  }
}
