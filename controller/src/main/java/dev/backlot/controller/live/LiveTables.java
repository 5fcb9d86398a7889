package dev.backlot.controller.live;

import dev.backlot.controller.table.Lake;
import dev.backlot.controller.table.Lake.LakeTable;
import dev.backlot.warehouse.TableColumn;
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
    for (LakeTable table : lake.list()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", table.name());
      map.put("pipeline", table.pipeline());
      map.put("key", table.key());
      map.put("columns", table.columns().stream().map(TableColumn::name).toList());
      map.put("rows", List.of());
      map.put("row_count", table.rows());
      map.put("files", table.files());
      map.put(
          "age_seconds",
          table
              .snapshotAt()
              .map(time -> Duration.between(time, Instant.now()).toMillis() / 1000.0)
              .orElse(null));
      list.add(map);
    }
    return list;
  }
}
