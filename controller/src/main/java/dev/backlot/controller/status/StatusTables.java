package dev.backlot.controller.status;

import dev.backlot.controller.table.Lake;
import dev.backlot.warehouse.query.TableSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Tables: how large and how new they are, and what is proven of them. */
public final class StatusTables {
  private final Lake lake;
  private final Supplier<Map<String, Map<String, Object>>> proven;

  /**
   * Shows these tables.
   *
   * @param proven tells for each audited table what is proven of it
   */
  public StatusTables(Lake lake, Supplier<Map<String, Map<String, Object>>> proven) {
    this.lake = lake;
    this.proven = proven;
  }

  List<Map<String, Object>> list() {
    Map<String, Map<String, Object>> audits = proven.get();
    List<Map<String, Object>> list = new ArrayList<>();
    for (TableSummary table : lake.list()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", table.name().toString());
      map.put("pipeline", table.pipeline().orElse(null));
      map.put("key", table.key());
      map.put("row_count", table.rows());
      map.put("files", table.files());
      map.put(
          "age_seconds",
          table
              .committed()
              .map(time -> Duration.between(time, Instant.now()).toMillis() / 1000.0)
              .orElse(null));
      Map<String, Object> audit = audits.getOrDefault(table.name().toString(), Map.of());
      map.put("audit", audit.get("state"));
      map.put("proven_equal_as_of", audit.get("proven_equal_as_of"));
      map.put("differences", audit.get("differences"));
      list.add(map);
    }
    return list;
  }
}
