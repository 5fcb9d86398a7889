package dev.backlot.controller.detail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.detail.Profile.Column;
import dev.backlot.controller.detail.Profile.Top;
import dev.backlot.controller.table.Lake;
import dev.backlot.model.source.SqlIdentifier;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.Masking;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import dev.backlot.warehouse.query.TableSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Profiles the live rows of a table by one query, which runs under the caller's masking. */
final class TableProfile {
  private static final QueryLimits LIMITS = new QueryLimits(Duration.ofSeconds(30));
  private static final int MOST_ROWS = 1_000_000;
  private static final int MOST_TOP = 5;
  private static final int LONGEST = 200;

  private final Lake lake;

  TableProfile(Lake lake) {
    this.lake = lake;
  }

  Profile of(TableSummary table, Masking masking) {
    Set<String> masked = masking.columns(table.name());
    List<String> columns = Lake.ownColumns(table).stream().map(column -> column.name()).toList();
    Map<String, String> names = lake.queries().engineNames(table.name());
    TableName relation = table.view().orElse(table.name());
    boolean sampled = table.rows() > MOST_ROWS;
    List<String> shown = columns.stream().filter(column -> !masked.contains(column)).toList();
    StringBuilder figures = new StringBuilder("SELECT count(*)");
    for (String column : shown) {
      String id = SqlIdentifier.quote(names.getOrDefault(column, column));
      figures
          .append(", count(")
          .append(id)
          .append("), approx_count_distinct(")
          .append(id)
          .append("), left(min(")
          .append(id)
          .append(")::VARCHAR, ")
          .append(LONGEST)
          .append("), left(max(")
          .append(id)
          .append(")::VARCHAR, ")
          .append(LONGEST)
          .append("), approx_top_k(left(")
          .append(id)
          .append("::VARCHAR, ")
          .append(LONGEST)
          .append("), ")
          .append(MOST_TOP)
          .append(")");
    }
    String sql =
        figures
            + " FROM (SELECT * FROM "
            + SqlIdentifier.quote(relation.namespace())
            + "."
            + SqlIdentifier.quote(relation.name())
            + (sampled ? " LIMIT " + MOST_ROWS : "")
            + ")";
    try (QueryResult result = lake.queries().query(sql, LIMITS, RowShape.ARRAY, masking)) {
      return read(result.toList().get(0), columns, shown, sampled);
    }
  }

  private static Profile read(
      JsonNode row, List<String> columns, List<String> shown, boolean sampled) {
    long rows = row.path(0).asLong();
    Map<String, Column> found = new LinkedHashMap<>();
    for (int i = 0; i < shown.size(); i++) {
      int at = 1 + 5 * i;
      List<Top> top = new ArrayList<>();
      row.path(at + 4).forEach(value -> top.add(new Top(value.asText(), Optional.empty())));
      long distinct = row.path(at + 1).asLong();
      found.put(
          shown.get(i),
          new Column(
              shown.get(i),
              false,
              Optional.of(rows - row.path(at).asLong()),
              Optional.of(distinct),
              text(row.path(at + 2)),
              text(row.path(at + 3)),
              // Where nearly every value is another one, none is common.
              distinct > rows / 2 ? List.of() : top));
    }
    return new Profile(
        rows,
        Optional.empty(),
        sampled ? "some " + rows + " live rows" : "all live rows",
        columns.stream()
            .map(name -> Optional.ofNullable(found.get(name)).orElseGet(() -> Column.hidden(name)))
            .toList());
  }

  private static Optional<String> text(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? Optional.empty() : Optional.of(value.asText());
  }
}
