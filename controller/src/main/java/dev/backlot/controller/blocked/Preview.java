package dev.backlot.controller.blocked;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.mask.Masks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Newest rows of a Source as they would be read with another field in a lost one's place. */
final class Preview {
  private static final int ROWS = 10;

  private Preview() {}

  /**
   * Returns rows of {@code {"key": {…}, "field": value, "read_from": name}}, newest first.
   *
   * @param masked fields whose values may not be seen
   */
  static List<Map<String, Object>> of(
      DataPlane dataPlane, BrokenField field, String from, Set<String> masked) {
    Object sample = dataPlane.sample(field.source(), ROWS).get("rows");
    List<Map<String, Object>> preview = new ArrayList<>();
    if (sample instanceof List<?> rows) {
      for (Object element : rows) {
        if (element instanceof Map<?, ?> row) {
          preview.add(row(row, field, from, masked));
        }
      }
    }
    return preview;
  }

  /** An event that still has the field is read as it is. */
  private static Map<String, Object> row(
      Map<?, ?> row, BrokenField field, String from, Set<String> masked) {
    String read = row.containsKey(field.name()) ? field.name() : from;
    Map<String, Object> key = new LinkedHashMap<>();
    field
        .newest()
        .keyColumns()
        .forEach(c -> key.put(c, masked.contains(c) ? Masks.MASKED : row.get(c)));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("key", key);
    shown.put("value", masked.contains(read) ? Masks.MASKED : row.get(read));
    shown.put("read_from", read);
    return shown;
  }
}
