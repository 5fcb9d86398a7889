package dev.backlot.controller.live;

import dev.backlot.controller.table.Lake;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.query.TableSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables with their newest rows, as the page shows them. */
final class LiveTables {
  private final Lake lake;

  LiveTables(Lake lake) {
    this.lake = lake;
  }

  List<Map<String, Object>> list() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (TableSummary table : lake.list()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", table.name().toString());
      map.put("pipeline", table.pipeline().orElse(null));
      map.put("key", table.key());
      map.put("columns", Lake.ownColumns(table).stream().map(TableColumn::name).toList());
      map.put("rows", List.of());
      map.put("row_count", table.rows());
      map.put("files", table.files());
      map.put(
          "age_seconds",
          table
              .committed()
              .map(time -> Duration.between(time, Instant.now()).toMillis() / 1000.0)
              .orElse(null));
      list.add(map);
    }
    return list;
  }
}
