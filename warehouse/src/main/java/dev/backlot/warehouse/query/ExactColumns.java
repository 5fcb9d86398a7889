package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.warehouse.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds which columns of a result are columns of tables, so that the exact texts of {@code _exact}
 * can be put back into them.
 *
 * <p>That holds for one plain SELECT (no UNION, DISTINCT or GROUP BY) directly over tables and
 * their views, joined or not, for the items that are a column's name or a star. Everywhere else, in
 * expressions, subqueries and WITH, a value that the column's type can't hold is NULL, as in the
 * table; {@code _exact['column']} has the text.
 */
final class ExactColumns {
  private static final String EXACT = "_exact";

  private final Map<String, TableResolver.Resolved> tables = new LinkedHashMap<>();
  private final List<RunRequest.Source> sources = new ArrayList<>();
  private boolean possible = true;

  private ExactColumns() {}

  /** Returns how to put exact texts back, or null when the statement's shape does not allow it. */
  static RunRequest.@Nullable Exact of(JsonNode parsed, TableResolver resolver) {
    JsonNode select = parsed.path("statements").path(0).path("node");
    if (!isPlain(select)) {
      return null;
    }
    ExactColumns columns = new ExactColumns();
    columns.from(select.path("from_table"), resolver);
    if (!columns.possible || columns.tables.isEmpty()) {
      return null;
    }
    columns.items(select.path("select_list"));
    return columns.sources.isEmpty() ? null : columns.exact(parsed);
  }

  /**
   * A column of a result that is a column of a table.
   *
   * @param column 0-based
   * @param name the column's exact name in the table
   */
  record Origin(int column, TableName table, String name) {}

  /**
   * Returns which columns of the result are columns of tables; nothing where that can't be told.
   */
  static List<Origin> origins(JsonNode parsed, TableResolver resolver) {
    JsonNode select = parsed.path("statements").path(0).path("node");
    ExactColumns columns = new ExactColumns();
    if (isPlain(select)) {
      columns.from(select.path("from_table"), resolver);
    }
    if (!columns.possible || columns.tables.isEmpty()) {
      return List.of();
    }
    columns.items(select.path("select_list"));
    List<TableResolver.Resolved> tables = List.copyOf(columns.tables.values());
    return columns.sources.stream()
        .map(
            source ->
                new Origin(
                    source.column(), tables.get(source.hidden()).relation().name(), source.name()))
        .toList();
  }

  private static boolean isPlain(JsonNode select) {
    boolean distinct =
        StreamSupport.stream(select.path("modifiers").spliterator(), false)
            .anyMatch(modifier -> modifier.path("type").asText().startsWith("DISTINCT"));
    return select.path("type").asText().equals("SELECT_NODE")
        && !distinct
        && select.path("group_expressions").isEmpty()
        && select.path("group_sets").isEmpty()
        && select.path("having").isNull()
        && select.path("aggregate_handling").asText().equals("STANDARD_HANDLING");
  }

  private void from(JsonNode from, TableResolver resolver) {
    String type = from.path("type").asText();
    if (type.equals("JOIN")) {
      boolean keepsColumns =
          from.path("using_columns").isEmpty()
              && Set.of("INNER", "LEFT", "RIGHT", "OUTER").contains(from.path("join_type").asText())
              && Set.of("REGULAR", "CROSS").contains(from.path("ref_type").asText());
      possible &= keepsColumns;
      from(from.path("left"), resolver);
      from(from.path("right"), resolver);
      return;
    }
    List<String> path = new ArrayList<>();
    from.path("qualified_name").path("path").forEach(part -> path.add(part.asText()));
    TableResolver.Resolved relation =
        type.equals("BASE_TABLE") ? resolver.resolved(path).orElse(null) : null;
    if (relation == null || !from.path("column_name_alias").isEmpty()) {
      possible = false;
      return;
    }
    String alias = from.path("alias").asText();
    String name = alias.isEmpty() ? path.get(path.size() - 1) : alias;
    possible &= tables.putIfAbsent(name.toLowerCase(Locale.ROOT), relation) == null;
  }

  private void items(JsonNode items) {
    int column = 0;
    for (JsonNode item : items) {
      switch (item.path("class").asText()) {
        case "STAR" -> column = star(item, column);
        case "COLUMN_REF" -> reference(item.path("column_names"), column++);
        default -> column++;
      }
      if (column < 0) {
        sources.clear();
        return;
      }
    }
  }

  /** Returns the next column's number, or -1 when it can't be told. */
  private int star(JsonNode star, int first) {
    boolean plain =
        star.path("replace_list").isEmpty()
            && star.path("rename_list").isEmpty()
            && star.path("qualified_exclude_list").isEmpty()
            && !star.path("columns").asBoolean()
            && star.path("expr").isNull();
    if (!plain) {
      return -1;
    }
    Set<String> excluded = new HashSet<>();
    star.path("exclude_list").forEach(name -> excluded.add(name.asText().toLowerCase(Locale.ROOT)));
    String only = star.path("relation_name").asText("").toLowerCase(Locale.ROOT);
    int column = first;
    int hidden = 0;
    for (Map.Entry<String, TableResolver.Resolved> table : tables.entrySet()) {
      if (only.isEmpty() || only.equals(table.getKey())) {
        for (Map.Entry<String, String> name : table.getValue().relation().columns().entrySet()) {
          if (!excluded.contains(name.getValue().toLowerCase(Locale.ROOT))) {
            sources.add(new RunRequest.Source(column++, hidden, name.getKey()));
          }
        }
      }
      hidden++;
    }
    return column;
  }

  private void reference(JsonNode names, int column) {
    String last = names.path(names.size() - 1).asText();
    String qualifier =
        names.size() > 1 ? names.path(names.size() - 2).asText().toLowerCase(Locale.ROOT) : "";
    int hidden = 0;
    for (Map.Entry<String, TableResolver.Resolved> table : tables.entrySet()) {
      if (qualifier.isEmpty() || qualifier.equals(table.getKey())) {
        for (Map.Entry<String, String> name : table.getValue().relation().columns().entrySet()) {
          if (name.getValue().equalsIgnoreCase(last)) {
            sources.add(new RunRequest.Source(column, hidden, name.getKey()));
            return;
          }
        }
      }
      hidden++;
    }
  }

  private RunRequest.Exact exact(JsonNode parsed) {
    JsonNode changed = parsed.deepCopy();
    ArrayNode items =
        (ArrayNode) changed.path("statements").path(0).path("node").path("select_list");
    List<String> probes = new ArrayList<>();
    int hidden = 0;
    for (Map.Entry<String, TableResolver.Resolved> table : tables.entrySet()) {
      ObjectNode item = items.addObject();
      item.put("class", "COLUMN_REF").put("type", "COLUMN_REF").put("alias", "backlot_" + hidden++);
      item.putArray("column_names").add(table.getKey()).add(EXACT);
      probes.add(
          "SELECT 1 FROM lake."
              + DuckSql.id(table.getValue().schema())
              + "."
              + DuckSql.id(table.getValue().view())
              + " WHERE _exact IS NOT NULL LIMIT 1");
    }
    return new RunRequest.Exact(changed.toString(), probes, sources, hidden);
  }
}
