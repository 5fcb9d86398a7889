package dev.backlot.warehouse.query;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeRelation;
import dev.backlot.warehouse.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tables that a statement names, each loaded once with its newest metadata, so that a
 * table and its view in one statement show one state. For one statement.
 */
final class TableResolver {
  private final LakeCatalog lake;
  private final Masking masking;
  private final Map<TableName, Set<String>> masked =
      new TreeMap<>(Comparator.comparing(TableName::toString));
  private final Map<TableName, Optional<LakeRelation>> loaded = new HashMap<>();
  private final Map<String, RunRequest.ViewDefinition> views = new LinkedHashMap<>();
  private final Map<String, Resolved> byPath = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private @Nullable Map<String, TableName> relations;

  /**
   * A table behind a name in the statement.
   *
   * @param schema where its query over files is defined in DuckDB
   * @param view the name of that
   */
  record Resolved(LakeRelation relation, String schema, String view) {}

  TableResolver(LakeCatalog lake, Masking masking) {
    this.lake = lake;
    this.masking = masking;
  }

  /** Resolves a name, or notes the problem. */
  void resolve(StatementCheck.Reference reference) {
    List<String> path = reference.path();
    List<String> parts =
        path.size() == 3 && path.get(0).equalsIgnoreCase(LakeCatalog.NAME)
            ? path.subList(1, 3)
            : path;
    if (parts.size() != 2 || !resolve(parts.get(0), parts.get(1), path)) {
      problems.add(unknown(reference));
    }
  }

  List<Problem> problems() {
    return problems;
  }

  /** Returns the views to create, every table before its business view. */
  List<RunRequest.ViewDefinition> views() {
    return List.copyOf(views.values());
  }

  /** Returns the table behind a name in the statement. */
  Optional<Resolved> resolved(List<String> path) {
    return Optional.ofNullable(byPath.get(key(path)));
  }

  /** Returns whether somebody asks who may not see everything. */
  boolean isMasking() {
    return masking != Masking.NONE;
  }

  /** Returns the masked columns of the tables that were found; tables without any are absent. */
  Map<TableName, Set<String>> masked() {
    Map<TableName, Set<String>> some = new LinkedHashMap<>(masked);
    some.values().removeIf(Set::isEmpty);
    return some;
  }

  /** Returns the masked columns of a table, asked for once in a statement. */
  private Set<String> masked(LakeRelation relation) {
    return masked.computeIfAbsent(
        relation.name(),
        name -> {
          Set<String> columns = new TreeSet<>(masking.columns(name));
          columns.retainAll(relation.columns().keySet());
          return columns;
        });
  }

  private boolean resolve(String namespace, String name, List<String> path) {
    TableName exact;
    try {
      exact = new TableName(namespace, name);
    } catch (RuntimeException e) {
      return false;
    }
    if (define(exact, namespace, name, path)) {
      return true;
    }
    TableName folded = relations().get(engineKey(namespace, name));
    return folded != null && define(folded, namespace, name, path);
  }

  /** Defines the views for a table or business view under the names that the statement uses. */
  private boolean define(TableName name, String namespace, String written, List<String> path) {
    Optional<LakeRelation> table = relation(name);
    if (table.isPresent()) {
      byPath.put(key(path), new Resolved(table.get(), namespace, written));
      return add(namespace, written, table.get().tableSql(masked(table.get())));
    }
    Optional<LakeRelation> viewed = relationOfView(name);
    if (viewed.isEmpty()) {
      return false;
    }
    LakeRelation base = viewed.get();
    byPath.put(key(path), new Resolved(base, base.name().namespace(), base.name().name()));
    return add(base.name().namespace(), base.name().name(), base.tableSql(masked(base)))
        && add(namespace, written, base.latestSql(masked(base)));
  }

  private boolean add(String namespace, String name, String sql) {
    String key = engineKey(namespace, name);
    RunRequest.ViewDefinition earlier = views.get(key);
    if (earlier != null && !earlier.sql().equals(sql)) {
      problems.add(
          Problem.of(
              ProblemCode.QUERY_INVALID,
              "Cannot run query: two tables that it names differ from '"
                  + namespace
                  + "."
                  + name
                  + "' only by case. Put _2 behind the second."));
      return true;
    }
    views.putIfAbsent(key, new RunRequest.ViewDefinition(namespace, name, sql));
    return true;
  }

  private Optional<LakeRelation> relation(TableName name) {
    return loaded.computeIfAbsent(name, lake::relation);
  }

  private Optional<LakeRelation> relationOfView(TableName name) {
    return lake.viewedTable(name).flatMap(this::relation);
  }

  /** All tables and views by the names that an engine which ignores case gives them. */
  private Map<String, TableName> relations() {
    Map<String, TableName> known = relations;
    if (known == null) {
      known = new TreeMap<>();
      DistinctNames names = new DistinctNames(DistinctNames.Case.IGNORED);
      for (TableName name : lake.relations()) {
        String distinct = names.next(name.namespace() + "." + name.name());
        known.put(distinct.toLowerCase(Locale.ROOT), name);
      }
      relations = known;
    }
    return known;
  }

  private Problem unknown(StatementCheck.Reference reference) {
    String written = String.join(".", reference.path());
    List<String> near = NearNames.of(written, relations().keySet());
    String cause =
        reference.path().size() == 1
            ? "a table is named with its namespace, as in studio.movie_report"
            : "there is no such table";
    String next =
        near.isEmpty()
            ? "See `backlot get tables`."
            : "Did you mean " + String.join(" or ", near) + "?";
    return Problem.of(
            ProblemCode.QUERY_INVALID,
            "Cannot query table '" + written + "': " + cause + ". " + next)
        .at(reference.place());
  }

  private static String engineKey(String namespace, String name) {
    return (namespace + "." + name).toLowerCase(Locale.ROOT);
  }

  private static String key(List<String> path) {
    return String.join("\u0000", path).toLowerCase(Locale.ROOT);
  }
}
