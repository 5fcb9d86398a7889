package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a parsed statement names, and why it may not run. Only one SELECT may, without table
 * functions other than those that make rows out of their arguments: files are read through tables
 * of the catalog only.
 */
final class StatementCheck {
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree");

  private final String sql;
  private final Set<String> withNames = new HashSet<>();
  private final List<Reference> tables = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * A table or view as the statement names it.
   *
   * @param path one to three parts, the last is the table
   */
  record Reference(List<String> path, Place place) {}

  private StatementCheck(String sql) {
    this.sql = sql;
  }

  /** Checks a statement as {@code json_serialize_sql} gives it. */
  static StatementCheck of(JsonNode parsed, String sql) {
    StatementCheck check = new StatementCheck(sql);
    if (parsed.path("error").asBoolean()) {
      check.problems.add(DuckError.ofParse(parsed, sql));
    } else if (parsed.path("statements").size() != 1) {
      check.problems.add(
          Problem.of(
              ProblemCode.QUERY_INVALID,
              "Cannot run query: it has "
                  + parsed.path("statements").size()
                  + " statements. Write one SELECT."));
    } else {
      check.collectWithNames(parsed);
      check.walk(parsed);
    }
    return check;
  }

  List<Reference> tables() {
    return tables;
  }

  List<Problem> problems() {
    return problems;
  }

  private void collectWithNames(JsonNode node) {
    for (JsonNode entry : node.path("cte_map").path("map")) {
      withNames.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
    }
    node.forEach(this::collectWithNames);
  }

  private void walk(JsonNode node) {
    switch (node.path("type").asText("")) {
      case "BASE_TABLE" -> table(node);
      case "TABLE_FUNCTION" -> tableFunction(node);
      case "SHOW_REF" -> show(node);
      default -> {}
    }
    node.forEach(this::walk);
  }

  private void table(JsonNode node) {
    List<String> path = new ArrayList<>();
    node.path("qualified_name").path("path").forEach(part -> path.add(part.asText()));
    boolean named = path.size() == 1 && withNames.contains(path.get(0).toLowerCase(Locale.ROOT));
    if (named) {
      return;
    }
    Place place = place(node);
    if (!node.path("at_clause").isNull() && !node.path("at_clause").isMissingNode()) {
      problems.add(
          Problem.of(
                  ProblemCode.QUERY_INVALID,
                  "Cannot run query: AT is not supported yet. Leave it out to read the newest"
                      + " state.")
              .at(place));
    }
    tables.add(new Reference(List.copyOf(path), place));
  }

  private void tableFunction(JsonNode node) {
    String name = node.path("function").path("function_name").asText().toLowerCase(Locale.ROOT);
    if (!TABLE_FUNCTIONS.contains(name)) {
      problems.add(
          Problem.of(
                  ProblemCode.QUERY_FORBIDDEN,
                  "Cannot run query: table function '"
                      + name
                      + "' may not be used here. Read tables by their names; see `backlot get"
                      + " tables`.")
              .at(place(node)));
    }
  }

  private void show(JsonNode node) {
    if (!node.path("query").isObject()) {
      problems.add(
          Problem.of(
                  ProblemCode.QUERY_FORBIDDEN,
                  "Cannot run query: SHOW is not supported. See `backlot get tables`.")
              .at(place(node)));
    }
  }

  private Place place(JsonNode node) {
    return DuckError.place(node.path("query_location").asText(""), sql);
  }
}
