package dev.backlot.controller.blocked;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fields as a deployed plan has them.
 *
 * @param named those that a step names, by its id
 * @param outputs those that come out of a source step or a processor, by its id
 */
record PlannedFields(Map<String, List<String>> named, Map<String, List<String>> outputs) {
  /** Copies what is mutable. */
  PlannedFields {
    named = Map.copyOf(named);
    outputs = Map.copyOf(outputs);
  }

  /** Reads a plan's JSON. */
  static PlannedFields of(JsonNode plan) {
    Map<String, List<String>> named = new HashMap<>();
    Map<String, List<String>> outputs = new HashMap<>();
    for (JsonNode source : plan.path("sources")) {
      outputs.put(source.path("id").asText(), names(source.path("columns")));
    }
    for (JsonNode step : plan.path("steps")) {
      String id = step.path("id").asText();
      List<String> consumed = new ArrayList<>();
      step.path("consumed").forEach(field -> consumed.add(field.asText()));
      named.put(id, List.copyOf(consumed));
      outputs.put(id, names(step.path("columns")));
    }
    return new PlannedFields(named, outputs);
  }

  private static List<String> names(JsonNode columns) {
    List<String> names = new ArrayList<>();
    columns.forEach(column -> names.add(column.path("name").asText()));
    return List.copyOf(names);
  }

  boolean names(String step, String field) {
    return named.getOrDefault(step, List.of()).contains(field);
  }

  boolean gives(String step, String field) {
    return outputs.getOrDefault(step, List.of()).contains(field);
  }
}
