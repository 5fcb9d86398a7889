package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.warehouse.TableName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a result does not show.
 *
 * @param tables the masked columns of each table that the statement names; without any, absent
 * @param columns which columns of the result, 0-based, are such a column as it stands; columns of
 *     statements with subqueries, groups and the like are not told
 */
public record Masked(Map<String, Set<String>> tables, Set<Integer> columns) {
  /** Everything is shown. */
  public static final Masked NOTHING = new Masked(Map.of(), Set.of());

  /** Copies what is mutable, keeping order. */
  public Masked {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    columns = Collections.unmodifiableSet(new TreeSet<>(columns));
  }

  /** Returns what the result of a statement does not show. */
  static Masked of(JsonNode parsed, TableResolver resolver) {
    Map<TableName, Set<String>> masked = resolver.masked();
    if (masked.isEmpty()) {
      return NOTHING;
    }
    Map<String, Set<String>> tables = new LinkedHashMap<>();
    masked.forEach((table, columns) -> tables.put(table.toString(), columns));
    Set<Integer> columns = new TreeSet<>();
    ExactColumns.origins(parsed, resolver)
        .forEach(
            origin -> {
              if (masked.getOrDefault(origin.table(), Set.of()).contains(origin.name())) {
                columns.add(origin.column());
              }
            });
    return new Masked(tables, columns);
  }
}
