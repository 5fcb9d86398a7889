package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a business view must show of all rows that were ever appended: a loop over rows, without SQL
 * and without any of the code under test.
 */
final class LatestOracle {
  private final VersionOrder order;
  private final List<Map<String, Object>> rows = new ArrayList<>();

  LatestOracle(VersionOrder order) {
    this.order = order;
  }

  void add(Map<String, Object> row) {
    rows.add(row);
  }

  /** Returns each live row as text. */
  Set<String> latest() {
    Map<String, Integer> epochs = new HashMap<>();
    Map<String, Long> ends = new HashMap<>();
    for (Map<String, Object> row : rows) {
      epochs.merge((String) row.get("_source"), (Integer) row.get("_epoch"), Math::max);
      if (row.get("_op").equals("t")) {
        ends.merge(place(row), (Long) row.get("_offset"), Math::max);
      }
    }
    Map<String, Map<String, Object>> newest = new HashMap<>();
    for (Map<String, Object> row : rows) {
      boolean dead =
          row.get("_op").equals("t")
              || (Integer) row.get("_epoch") < epochs.get((String) row.get("_source"))
              || (Long) row.get("_offset") <= ends.getOrDefault(place(row), -1L);
      if (!dead) {
        String key = (order == VersionOrder.OFFSET ? row.get("_source") + "/" : "") + row.get("id");
        newest.merge(key, row, (a, b) -> comparator().compare(a, b) >= 0 ? a : b);
      }
    }
    Set<String> live = new TreeSet<>();
    newest.values().stream()
        .filter(row -> !row.get("_op").equals("d"))
        .forEach(r -> live.add(text(r)));
    return live;
  }

  static String text(Map<String, Object> row) {
    return row.get("id")
        + "|"
        + row.get("title")
        + "|"
        + row.get("_source")
        + "|"
        + row.get("_epoch")
        + "|"
        + row.get("_partition")
        + "|"
        + row.get("_offset");
  }

  private static String place(Map<String, Object> row) {
    return row.get("_source") + "/" + row.get("_epoch") + "/" + row.get("_partition");
  }

  private Comparator<Map<String, Object>> comparator() {
    Comparator<Map<String, Object>> epoch = Comparator.comparing(r -> (Integer) r.get("_epoch"));
    Comparator<Map<String, Object>> offset = Comparator.comparing(r -> (Long) r.get("_offset"));
    Comparator<Map<String, Object>> time = Comparator.comparing(r -> (OffsetDateTime) r.get("_ts"));
    return order == VersionOrder.OFFSET
        ? epoch.thenComparing(offset).thenComparing(time)
        : time.thenComparing(epoch).thenComparing(offset);
  }
}
