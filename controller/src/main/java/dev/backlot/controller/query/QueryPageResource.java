package dev.backlot.controller.query;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.QueryStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.query.TableSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What the query page shows beside results: what a statement can name, and the user's queries. */
@RestController
public final class QueryPageResource {
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_SQL = 100_000;

  private final Lake lake;
  private final QueryStore store;
  private volatile List<String> functions = List.of();

  /** Serves these tables and the stored queries. */
  public QueryPageResource(Lake lake, QueryStore store) {
    this.lake = lake;
    this.store = store;
  }

  /** Names every table and view with its columns, and the functions that there are. */
  @GetMapping("/api/v1/query/catalog")
  Map<String, Object> catalog() {
    List<Map<String, Object>> relations = new ArrayList<>();
    for (TableSummary table : lake.list()) {
      table
          .view()
          .ifPresent(
              view ->
                  relations.add(relation(view.toString(), "view", table, Lake.ownColumns(table))));
      relations.add(relation(table.name().toString(), "table", table, table.columns()));
    }
    return Map.of("relations", relations, "functions", functions());
  }

  private static Map<String, Object> relation(
      String name, String kind, TableSummary table, List<TableColumn> columns) {
    Map<String, Object> relation = new LinkedHashMap<>();
    relation.put("name", name);
    relation.put("kind", kind);
    relation.put("table", table.name().toString());
    relation.put("key", table.key());
    relation.put(
        "columns",
        columns.stream()
            .map(
                column -> {
                  Map<String, Object> map = new LinkedHashMap<>();
                  map.put("name", column.name());
                  map.put("type", column.type().toString());
                  map.put("doc", column.doc());
                  return map;
                })
            .toList());
    return relation;
  }

  /** The functions are those of the query engine, and the same for as long as it runs. */
  private List<String> functions() {
    if (functions.isEmpty()) {
      functions = lake.queries().functions();
    }
    return functions;
  }

  /** A query to keep. */
  record SaveRequest(@Nullable String name, @Nullable String sql) {}

  @GetMapping("/api/v1/query/saved")
  Map<String, Object> saved(Caller caller) {
    return Map.of("items", store.saved(caller.name()));
  }

  @GetMapping("/api/v1/query/saved/{id}")
  QueryStore.Saved one(@PathVariable String id, Caller caller) {
    return id.matches("\\d{1,18}")
        ? store.find(caller.name(), Long.parseLong(id)).orElseThrow(() -> notFound(id))
        : none(id);
  }

  /** Keeps a query, in place of the caller's other one of the same name. */
  @PostMapping("/api/v1/query/saved")
  QueryStore.Saved save(@RequestBody SaveRequest request, Caller caller) {
    String name = request.name() == null ? "" : request.name().strip();
    String sql = request.sql() == null ? "" : request.sql();
    if (name.isEmpty() || name.length() > LONGEST_NAME || sql.length() > LONGEST_SQL) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot save query '%s': a name has 1 to %d characters, and a statement at most %d."
                  .formatted(name, LONGEST_NAME, LONGEST_SQL)
              + " Choose another name.");
    }
    return store.save(caller.name(), name, sql);
  }

  @DeleteMapping("/api/v1/query/saved/{id}")
  Map<String, Object> delete(@PathVariable String id, Caller caller) {
    if (!id.matches("\\d{1,18}") || !store.delete(caller.name(), Long.parseLong(id))) {
      throw notFound(id);
    }
    return Map.of("state", "deleted");
  }

  @GetMapping("/api/v1/query/recent")
  Map<String, Object> recent(Caller caller) {
    return Map.of("items", store.recent(caller.name()));
  }

  private static QueryStore.Saved none(String id) {
    throw notFound(id);
  }

  private static ProblemException notFound(String id) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot find saved query '"
            + id
            + "': you have none of this number. Choose one from your list.");
  }
}
