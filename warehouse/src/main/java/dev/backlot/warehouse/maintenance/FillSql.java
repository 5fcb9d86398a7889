package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.maintenance.RewriteRequest.SystemIds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * DuckDB's statements that find the rows which lack a value that their record has, and copy all
 * rows with these values. A row that ends others has none.
 */
final class FillSql {
  private final RewriteRequest request;
  private final VersionSql versions;
  private final SystemIds system;
  private final FillRequest fill;
  private final List<Integer> identity;

  FillSql(RewriteRequest request, VersionSql versions) {
    this.request = request;
    this.versions = versions;
    this.system = request.system();
    this.fill = request.fill();
    this.identity = List.of(system.source(), system.epoch(), system.partition(), system.offset());
  }

  /** Returns the statement that notes what is filled, in the table {@code filled}. */
  String find() {
    List<Integer> values = new ArrayList<>(fill.columns().stream().map(c -> c.id()).toList());
    values.add(fill.exact());
    List<Integer> inTable = new ArrayList<>(identity);
    inTable.add(system.op());
    inTable.addAll(values);
    List<Integer> inValues = new ArrayList<>(identity);
    inValues.addAll(values);
    String same =
        identity.stream()
            .map(id -> "r." + VersionSql.raw(id) + " = v." + VersionSql.raw(id))
            .collect(Collectors.joining(" AND "));
    String lacking = fill.columns().stream().map(this::lacks).collect(Collectors.joining(" OR "));
    String selected =
        values.stream().map(id -> ", v." + VersionSql.raw(id)).collect(Collectors.joining());
    return "CREATE OR REPLACE TEMP TABLE filled AS SELECT r.f, r.n"
        + selected
        + " FROM (SELECT file_index AS f, file_row_number AS n, "
        + inTable.stream().map(VersionSql::raw).collect(Collectors.joining(", "))
        + " FROM "
        + versions.scan(allFiles(), inTable)
        + ") r JOIN "
        + versions.scanPaths(fill.values(), inValues)
        + " v ON "
        + same
        + " WHERE r."
        + VersionSql.raw(system.op())
        + " NOT IN ('d', 't') AND ("
        + lacking
        + ")";
  }

  private String lacks(FillRequest.Column column) {
    String raw = VersionSql.raw(column.id());
    return "r."
        + raw
        + " IS NULL AND (v."
        + raw
        + " IS NOT NULL OR "
        + hasExact("v", column)
        + " AND NOT "
        + hasExact("r", column)
        + ")";
  }

  private String hasExact(String row, FillRequest.Column column) {
    return "coalesce(list_contains(map_keys("
        + row
        + "."
        + VersionSql.raw(fill.exact())
        + "), "
        + VersionSql.text(column.name())
        + "), false)";
  }

  /** Returns the query for how many rows are filled. */
  static String count() {
    return "SELECT count(*) FROM filled";
  }

  /** Returns the statement that writes all rows of all files into one, sorted by key. */
  String copy(String output) {
    List<Integer> filled = fill.columns().stream().map(FillRequest.Column::id).toList();
    return versions.copied(
        column -> {
          String row = "r." + VersionSql.raw(column);
          String value = "v." + VersionSql.raw(column);
          if (column == fill.exact()) {
            return "CASE WHEN %2$s IS NULL THEN %1$s WHEN %1$s IS NULL THEN %2$s ELSE map_concat(%1$s, %2$s) END"
                .formatted(row, value);
          }
          return filled.contains(column) ? "coalesce(" + row + ", " + value + ")" : row;
        },
        versions.scan(allFiles(), request.columns().stream().map(c -> c.id()).toList())
            + " r LEFT JOIN filled v ON r.file_index = v.f AND r.file_row_number = v.n",
        output);
  }

  private List<Integer> allFiles() {
    return IntStream.range(0, request.files().size()).boxed().toList();
  }
}
