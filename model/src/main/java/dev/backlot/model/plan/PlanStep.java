package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One processor of a fused job.
 *
 * @param id the step's id in the document
 * @param processor which processor runs
 * @param inputs the steps or sources that feed it, in declared order
 * @param config the resolved config: plain JSON values, in declared order
 * @param columns its output, before the system columns
 * @param key the key columns of its output, in key order; empty when append-only
 * @param consumed fields of its inputs that it needs by name: a change of these needs a verdict
 * @param notes what the planner added or decided, in plain words
 */
@JsonPropertyOrder({"id", "processor", "inputs", "config", "columns", "key", "consumed", "notes"})
public record PlanStep(
    String id,
    String processor,
    List<String> inputs,
    Map<String, Object> config,
    List<PlanColumn> columns,
    List<String> key,
    List<String> consumed,
    List<String> notes)
    implements Serializable {
  /** Copies what is mutable, keeping order. */
  public PlanStep {
    inputs = List.copyOf(inputs);
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    consumed = List.copyOf(consumed);
    notes = List.copyOf(notes);
  }
}
