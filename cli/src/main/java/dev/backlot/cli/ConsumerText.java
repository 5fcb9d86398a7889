package dev.backlot.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who takes what from Sources, a line for each field. */
final class ConsumerText {
  private ConsumerText() {}

  /**
   * Returns the same status with its consumers as lines.
   *
   * @param list the field of the status that holds them
   * @param noun what each of them is about, {@code pipeline} or {@code source}
   */
  static Map<String, @Nullable Object> compact(@Nullable Object status, String list, String noun) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(Values.map(status));
    if (!shown.containsKey(list)) {
      return shown;
    }
    Map<String, @Nullable Object> byName = new LinkedHashMap<>();
    for (Object element : Values.list(shown.get(list))) {
      Map<String, @Nullable Object> consumer = Values.map(element);
      boolean open = Boolean.TRUE.equals(consumer.get("opted_in"));
      List<String> lines = new ArrayList<>();
      for (Object field : Values.list(consumer.get("fields"))) {
        lines.add(line(Values.map(field)));
      }
      if (open) {
        lines.add("* (and what is added)");
      }
      byName.put(Values.text(consumer.get(noun)), lines);
    }
    shown.put(list, byName);
    return shown;
  }

  private static String line(Map<String, @Nullable Object> field) {
    String steps = joined(field.get("steps"));
    String columns = joined(field.get("columns"));
    return Values.text(field.get("field"))
        + " "
        + Values.text(field.get("use"))
        + (steps.isEmpty() ? "" : " by " + steps)
        + (columns.isEmpty() ? "" : " -> " + columns);
  }

  private static String joined(@Nullable Object list) {
    return String.join(", ", Values.list(list).stream().map(Values::text).toList());
  }
}
