package dev.backlot.controller.backfill;

import dev.backlot.controller.backfill.Backfills.Forecast;
import dev.backlot.controller.backfill.Backfills.Wish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Backfills of columns that are younger than rows. */
@RestController
public final class BackfillResource {
  private final Backfills backfills;

  /** Offers these. */
  public BackfillResource(Backfills backfills) {
    this.backfills = backfills;
  }

  /**
   * What is wanted.
   *
   * @param columns by their names in the table; those that are offered when missing or empty
   * @param table the only one; any of the pipeline's when missing or empty
   * @param dryRun whether only to say what would be done
   */
  record Request(@Nullable List<String> columns, @Nullable String table, @Nullable Boolean dryRun) {
    Wish wish() {
      return new Wish(table == null ? "" : table, columns == null ? List.of() : columns);
    }
  }

  /** Begins a run per table, or says what it would do. */
  @PostMapping("/api/v1/pipelines/{name}/backfills")
  Map<String, Object> backfill(@PathVariable String name, @RequestBody Request request) {
    if (Boolean.TRUE.equals(request.dryRun())) {
      return Map.of(
          "items",
          backfills.forecast(name, request.wish()).stream().map(BackfillResource::map).toList());
    }
    return items(backfills.request(name, request.wish()).stream().map(Backfills::map).toList());
  }

  @GetMapping("/api/v1/pipelines/{name}/backfills")
  Map<String, Object> list(@PathVariable String name) {
    return items(backfills.of(name).stream().map(Backfills::map).toList());
  }

  @GetMapping("/api/v1/backfills/{id}")
  Map<String, Object> show(@PathVariable long id) {
    return Backfills.map(backfills.find(id));
  }

  /** Ends a run; what it has filled stays. */
  @PostMapping("/api/v1/backfills/{id}/cancel")
  Map<String, Object> cancel(@PathVariable long id) {
    return Backfills.map(backfills.cancel(id));
  }

  private static Map<String, Object> items(List<Map<String, Object>> items) {
    return Map.of("items", new ArrayList<>(items));
  }

  private static Map<String, Object> map(Forecast forecast) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("table", forecast.table());
    map.put("columns", forecast.columns());
    map.put("rows", forecast.rows());
    return map;
  }
}
