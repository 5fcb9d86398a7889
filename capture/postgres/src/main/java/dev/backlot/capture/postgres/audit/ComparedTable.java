package dev.backlot.capture.postgres.audit;

import static java.util.Objects.requireNonNull;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.predicate.PredicateParser;
import dev.backlot.model.audit.AuditRead;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a table is read for an audit: which columns are selected, what is made of them, and in which
 * order its keys stand.
 *
 * @param keys the key's columns, in key order
 * @param selected columns, keys first, each once
 * @param keyAt where each key column stands among the selected
 * @param fieldAt where each compared field stands among the selected
 * @param where the predicate as SQL; empty for none
 * @param rows about how many the table has
 */
record ComparedTable(
    String source,
    String sql,
    List<ComparedColumn> keys,
    List<ComparedColumn> selected,
    int[] keyAt,
    int[] fieldAt,
    String where,
    long rows) {

  /**
   * Plans a read.
   *
   * @param columns of the table by name, those of the read among them
   */
  static ComparedTable of(
      CapturedTable table, Map<String, ComparedColumn> columns, AuditRead read, long rows) {
    List<ComparedColumn> keys = new ArrayList<>();
    table.keyColumns().forEach(name -> keys.add(requireNonNull(columns.get(name))));
    List<ComparedColumn> selected = new ArrayList<>(keys);
    int[] fieldAt = new int[read.fields().size()];
    for (int i = 0; i < fieldAt.length; i++) {
      ComparedColumn column = requireNonNull(columns.get(read.fields().get(i)));
      if (!selected.contains(column)) {
        selected.add(column);
      }
      fieldAt[i] = selected.indexOf(column);
    }
    int[] keyAt = new int[keys.size()];
    for (int i = 0; i < keyAt.length; i++) {
      keyAt[i] = i;
    }
    String where =
        read.predicate().isEmpty()
            ? ""
            : new AuditPredicate(table.source(), name -> requireNonNull(columns.get(name)))
                .render(
                    PredicateParser.parse(read.predicate(), new LinkedHashSet<>(columns.keySet())));
    return new ComparedTable(
        table.source(), table.rowsSql(), keys, selected, keyAt, fieldAt, where, rows);
  }

  /** Returns whether every engine orders the keys alike, so that ranges of them can be read. */
  boolean isOrderedAlike() {
    return keys.stream().allMatch(ComparedColumn::isOrderedAlike);
  }

  /** Selects rows of all columns under some conditions and the predicate, in key order. */
  String selectInOrder(List<String> conditions) {
    return select(conditions) + " ORDER BY " + keyNames();
  }

  /** Selects rows of all columns under some conditions and the predicate. */
  String select(List<String> conditions) {
    List<String> all = new ArrayList<>(conditions);
    if (!where.isEmpty()) {
      all.add(where);
    }
    return select(selected, all);
  }

  /** Selects the last of so many keys in key order, whether or not the predicate holds. */
  String selectBound(List<String> conditions, long rows) {
    return select(keys, conditions) + " ORDER BY " + keyNames() + " LIMIT 1 OFFSET " + (rows - 1);
  }

  private String select(List<ComparedColumn> columns, List<String> conditions) {
    return "SELECT "
        + columns.stream().map(ComparedColumn::expression).collect(Collectors.joining(", "))
        + " FROM "
        + sql
        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
  }

  /** Returns the condition that keys stand behind this one. */
  String behind(List<String> key) {
    return "(" + keyNames() + ") > (" + literals(key) + ")";
  }

  /** Returns the condition that keys stand at this one or before. */
  String upTo(List<String> key) {
    return "(" + keyNames() + ") <= (" + literals(key) + ")";
  }

  /** Returns the condition that keys are among these. */
  String among(List<List<String>> some) {
    return "("
        + keyNames()
        + ") IN ("
        + some.stream().map(key -> "(" + literals(key) + ")").collect(Collectors.joining(", "))
        + ")";
  }

  /**
   * Returns the condition that keys' hashes begin with these digits, or an empty string where only
   * their canonical texts tell.
   */
  String hashed(String prefix) {
    List<String> texts = keys.stream().map(ComparedColumn::canonicalSql).toList();
    if (prefix.isEmpty() || texts.contains("")) {
      return "";
    }
    return "pg_catalog.left(pg_catalog.md5(pg_catalog.convert_to("
        + String.join(" || pg_catalog.chr(1) || ", texts)
        + ", 'UTF8')), "
        + prefix.length()
        + ") = '"
        + prefix
        + "'";
  }

  private String keyNames() {
    return keys.stream()
        .map(column -> SqlText.identifier(column.name()))
        .collect(Collectors.joining(", "));
  }

  private String literals(List<String> key) {
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      literals.add(SqlText.literal(key.get(i)) + "::" + keys.get(i).literalType());
    }
    return String.join(", ", literals);
  }
}
