package dev.backlot.controller.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.model.plan.ColumnOrigin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a new plan means for rows that are there: columns that it fills and the one before not. */
final class YoungColumns {
  private YoungColumns() {}

  /** Returns what a person should know about them. */
  static List<String> notes(Map<String, Object> before, Map<String, Object> after) {
    Map<String, List<String>> added = added(before, after);
    if (added.isEmpty()) {
      return List.of();
    }
    PipelinePlan planned = Json.MAPPER.convertValue(after, PipelinePlan.class);
    List<String> notes = new ArrayList<>();
    for (PlanSink sink : planned.sinks()) {
      List<String> copied = new ArrayList<>();
      List<String> made = new ArrayList<>();
      List<String> young = new ArrayList<>(added.getOrDefault(sink.table(), List.of()));
      // A column that is only called otherwise has what it had.
      young.removeAll(sink.renames().values());
      for (String column : young) {
        ColumnOrigin origin = ColumnOrigin.of(planned, sink, column);
        if (origin instanceof ColumnOrigin.Copied) {
          copied.add(column);
        } else if (origin instanceof ColumnOrigin.Made) {
          made.add(column);
        }
      }
      if (!copied.isEmpty()) {
        notes.add(
            "rows written before will have no "
                + String.join(", ", copied)
                + " in "
                + sink.table()
                + " until `./backlot backfill pipeline "
                + planned.pipeline()
                + "`");
      }
      if (!made.isEmpty()) {
        notes.add(
            "rows written before will have no "
                + String.join(", ", made)
                + " in "
                + sink.table()
                + " until they change, or a dump of the Source makes them anew");
      }
    }
    return notes;
  }

  /** Returns, by table that both write, the columns that only the second fills. */
  private static Map<String, List<String>> added(
      Map<String, Object> before, Map<String, Object> after) {
    Map<String, List<String>> known = filled(before);
    Map<String, List<String>> added = new HashMap<>();
    filled(after)
        .forEach(
            (table, columns) -> {
              List<String> more = new ArrayList<>(columns);
              more.removeAll(known.getOrDefault(table, columns));
              if (!more.isEmpty()) {
                added.put(table, more);
              }
            });
    return added;
  }

  private static Map<String, List<String>> filled(Map<String, Object> plan) {
    Map<String, List<String>> filled = new HashMap<>();
    for (JsonNode sink : Json.MAPPER.<JsonNode>valueToTree(plan).path("sinks")) {
      List<String> columns = new ArrayList<>();
      for (JsonNode target : sink.path("shape")) {
        if (!target.path("from").asText().isEmpty()) {
          columns.add(target.path("name").asText());
        }
      }
      filled.put(sink.path("table").asText(), columns);
    }
    return filled;
  }
}
