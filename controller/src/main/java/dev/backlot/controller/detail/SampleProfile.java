package dev.backlot.controller.detail;

import dev.backlot.controller.detail.Profile.Column;
import dev.backlot.controller.detail.Profile.Top;
import dev.backlot.controller.web.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Profiles rows that are at hand. Pure. */
final class SampleProfile {
  private static final int MOST_TOP = 5;
  private static final int LONGEST = 200;

  private SampleProfile() {}

  /**
   * Looks at rows.
   *
   * @param fields in order
   * @param masked fields of which nothing is told
   */
  static Profile of(List<Map<String, Object>> rows, List<String> fields, Set<String> masked) {
    List<Column> columns = new ArrayList<>();
    for (String field : fields) {
      columns.add(masked.contains(field) ? Column.hidden(field) : column(rows, field));
    }
    return new Profile(
        rows.size(), Optional.empty(), "the newest " + rows.size() + " changes", columns);
  }

  private static Column column(List<Map<String, Object>> rows, String field) {
    Map<Object, Long> counts = new HashMap<>();
    long nulls = 0;
    for (Map<String, Object> row : rows) {
      Object value = row.get(field);
      if (value == null) {
        nulls++;
      } else {
        counts.merge(value, 1L, Long::sum);
      }
    }
    List<Object> values = new ArrayList<>(counts.keySet());
    values.sort(SampleProfile::compare);
    return new Column(
        field,
        false,
        Optional.of(nulls),
        Optional.of((long) values.size()),
        values.isEmpty() ? Optional.empty() : Optional.of(text(values.get(0))),
        values.isEmpty() ? Optional.empty() : Optional.of(text(values.get(values.size() - 1))),
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() > 1)
            .sorted(
                Map.Entry.<Object, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey(SampleProfile::compare)))
            .limit(MOST_TOP)
            .map(entry -> new Top(text(entry.getKey()), Optional.of(entry.getValue())))
            .toList());
  }

  private static int compare(Object one, Object other) {
    if (one instanceof Number a && other instanceof Number b) {
      return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
    }
    return Comparator.<String>naturalOrder().compare(text(one), text(other));
  }

  private static String text(@Nullable Object value) {
    String text = value instanceof String s ? s : Json.write(value);
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
