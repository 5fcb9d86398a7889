package dev.backlot.controller.table;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.query.TableSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The warehouse's tables. */
public final class TableItems implements Items {
  private final Lake lake;
  private final Function<String, Map<String, Object>> upkeep;
  private final Supplier<Map<String, Map<String, Object>>> proven;
  private final Function<String, Map<String, Object>> audit;

  /**
   * Shows these tables.
   *
   * @param upkeep tells of a table by its name how healthy it is and how it is maintained
   * @param proven tells for each audited table what is proven of it
   * @param audit tells of a table by its name what is proven and what differs
   */
  public TableItems(
      Lake lake,
      Function<String, Map<String, Object>> upkeep,
      Supplier<Map<String, Map<String, Object>>> proven,
      Function<String, Map<String, Object>> audit) {
    this.lake = lake;
    this.upkeep = upkeep;
    this.proven = proven;
    this.audit = audit;
  }

  @Override
  public String path() {
    return "tables";
  }

  @Override
  public String noun() {
    return "table";
  }

  @Override
  public List<Item> list(Effort effort) {
    Map<String, Map<String, Object>> audits = proven.get();
    List<Item> items = lake.list().stream().map(TableItems::item).toList();
    for (Item item : items) {
      Optional.ofNullable(audits.get(item.name()))
          .ifPresent(found -> item.status().put("audit", found));
    }
    return items;
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    try {
      Optional<Item> item = lake.find(name).map(TableItems::item);
      item.ifPresent(
          found -> {
            found.status().put("audit", audit.apply(found.name()));
            found.status().put("maintenance", upkeep.apply(found.name()));
          });
      return item;
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private static Item item(TableSummary table) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("pipeline", table.pipeline().orElse(""));
    table.view().ifPresent(view -> spec.put("view", view.toString()));
    spec.put("key", table.key());
    spec.put(
        "columns",
        Lake.ownColumns(table).stream()
            .map(
                column -> {
                  Map<String, Object> map = new LinkedHashMap<>();
                  map.put("name", column.name());
                  map.put("type", column.type().toString());
                  return map;
                })
            .toList());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", table.committed().isPresent() ? "ready" : "empty");
    status.put("reason", "");
    table.committed().ifPresent(time -> status.put("since", time));
    status.put("revision", table.snapshot().orElse(0));
    status.put("rows", table.rows());
    status.put("files", table.files());
    status.put("bytes", table.bytes());
    return new Item("Table", table.name().toString(), spec, status);
  }
}
