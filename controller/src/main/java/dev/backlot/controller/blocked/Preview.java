package dev.backlot.controller.blocked;

import dev.backlot.controller.dataplane.DataPlane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Newest rows of a Source as they would be read with another field in a lost one's place. */
final class Preview {
  private static final int ROWS = 10;

  private Preview() {}

  /** Returns rows of {@code {"key": {…}, "field": value, "read_from": name}}, newest first. */
  static List<Map<String, Object>> of(DataPlane dataPlane, BrokenField field, String from) {
    Object sample = dataPlane.sample(field.source(), ROWS).get("rows");
    List<Map<String, Object>> preview = new ArrayList<>();
    if (sample instanceof List<?> rows) {
      for (Object element : rows) {
        if (element instanceof Map<?, ?> row) {
          preview.add(row(row, field, from));
        }
      }
    }
    return preview;
  }

  /** An event that still has the field is read as it is. */
  private static Map<String, Object> row(Map<?, ?> row, BrokenField field, String from) {
    String read = row.containsKey(field.name()) ? field.name() : from;
    Map<String, Object> key = new LinkedHashMap<>();
    field.newest().keyColumns().forEach(column -> key.put(column, row.get(column)));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("key", key);
    shown.put("value", row.get(read));
    shown.put("read_from", read);
    return shown;
  }
}
