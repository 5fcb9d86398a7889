package dev.backlot.controller.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.audit.RowComparison.Cell;
import dev.backlot.controller.audit.RowComparison.PathStep;
import dev.backlot.controller.audit.RowComparison.Version;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.mapping.PlanMappings;
import dev.backlot.quality.mapping.TableMapping;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Puts one row of a database beside the same row of a table. A look and no proof: the two are read
 * one after the other; an audit of the key compares them at one position. Thread-safe.
 */
public final class RowComparisons {
  private static final int VERSIONS = 20;
  private static final int SECONDS = 30;
  private static final QueryLimits LIMITS = new QueryLimits(Duration.ofSeconds(SECONDS));

  private final MetadataDatabase metadata;
  private final DataPlane dataPlane;
  private final Lake lake;
  private final ProgressBoard progress;

  /** Reads both sides here. */
  public RowComparisons(
      MetadataDatabase metadata, DataPlane dataPlane, Lake lake, ProgressBoard progress) {
    this.metadata = metadata;
    this.dataPlane = dataPlane;
    this.lake = lake;
    this.progress = progress;
  }

  /** What the database has: a row of texts by column, or none. */
  private record SourceSide(
      boolean known, String note, Optional<Map<String, @Nullable String>> row) {}

  /**
   * Compares a row.
   *
   * @param source which Source it comes from
   * @param key texts in the table's key order
   * @throws ProblemException NOT_FOUND when no pipeline fills the table from the Source, USAGE when
   *     the key has another number of columns
   */
  RowComparison compare(String table, String source, List<String> key) {
    TableName name = TableName.parse(table);
    PipelinePlan plan = plan(name);
    PlanSink sink = sink(plan, name.toString());
    Optional<ByPosition> mapping = mapping(plan, name.toString(), source);
    List<String> keyColumns =
        mapping
            .map(by -> by.key().stream().map(Column::table).toList())
            .orElse(sink.key().stream().filter(column -> !column.equals("_source")).toList());
    if (keyColumns.size() != key.size()) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot show a row of table '%s': its key has %d columns (%s), not %d. Give one text for each."
              .formatted(table, keyColumns.size(), String.join(", ", keyColumns), key.size()));
    }
    List<JsonNode> rows = tableRows(name, source, keyColumns, key);
    SourceSide inSource = mapping.map(by -> sourceRow(by, source, key)).orElseGet(this::unmapped);
    Optional<JsonNode> newest =
        rows.stream().findFirst().filter(row -> !row.path("_op").asText().equals("d"));
    List<Cell> cells = cells(mapping, inSource, newest);
    boolean differs =
        inSource.known()
            && (inSource.row().isPresent() != newest.isPresent()
                || cells.stream().anyMatch(Cell::differs));
    boolean onTheWay =
        progress
            .of(plan.pipeline())
            .flatMap(now -> now.lagRecords())
            .filter(n -> n > 0)
            .isPresent();
    return new RowComparison(
        name.toString(),
        source,
        keyColumns,
        key,
        Instant.now(),
        differs && onTheWay,
        inSource.known(),
        inSource.note(),
        inSource.row().isPresent(),
        newest.isPresent(),
        cells,
        rows.stream().map(RowComparisons::version).toList(),
        path(plan, sink, source));
  }

  private SourceSide unmapped() {
    return new SourceSide(
        false,
        "The table's rows can't be told apart by the database's key, so there is no one row to"
            + " show beside it.",
        Optional.empty());
  }

  private PipelinePlan plan(TableName table) {
    return lake.catalog()
        .owner(table)
        .flatMap(metadata.pipelines()::deployedPlan)
        .map(json -> Json.MAPPER.convertValue(Json.readTree(json), PipelinePlan.class))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot show a row of table '"
                        + table
                        + "': no deployed pipeline writes it. See `backlot get tables`."));
  }

  private static PlanSink sink(PipelinePlan plan, String table) {
    return plan.sinks().stream()
        .filter(sink -> sink.table().equals(table))
        .findFirst()
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot show a row of table '"
                        + table
                        + "': pipeline '"
                        + plan.pipeline()
                        + "' does not write it any more. See `backlot get tables`."));
  }

  private Optional<ByPosition> mapping(PipelinePlan plan, String table, String source) {
    List<TableMapping> all =
        PlanMappings.of(plan).stream()
            .filter(mapping -> mapping.table().equals(table) && mapping.source().equals(source))
            .toList();
    if (all.isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot show a row of table '"
              + table
              + "': it has no rows from Source '"
              + source
              + "'. See `backlot describe table "
              + table
              + "`.");
    }
    return all.stream()
        .filter(ByPosition.class::isInstance)
        .map(ByPosition.class::cast)
        .filter(by -> !by.key().isEmpty())
        .findFirst();
  }

  private List<JsonNode> tableRows(
      TableName table, String source, List<String> columns, List<String> key) {
    StringJoiner all = new StringJoiner(" AND ");
    all.add("r._source = " + text(source));
    for (int i = 0; i < columns.size(); i++) {
      all.add("r." + id(columns.get(i)) + " = " + text(key.get(i)));
    }
    String sql =
        "SELECT r.* FROM %s.%s AS r WHERE %s ORDER BY r._epoch DESC, r._offset DESC, r._ts DESC LIMIT %d"
            .formatted(id(table.namespace()), id(table.name()), all, VERSIONS);
    try (QueryResult result = lake.queries().query(sql, LIMITS, RowShape.OBJECT)) {
      return result.toList();
    }
  }

  private SourceSide sourceRow(ByPosition mapping, String source, List<String> key) {
    Optional<StoredSource> stored = metadata.sources().find(source);
    Optional<String> connection =
        stored
            .filter(found -> !found.descriptor().publisher().exists())
            .flatMap(
                found ->
                    metadata.documents().find(SpecKind.CONNECTION, found.descriptor().connection()))
            .map(document -> document.json());
    if (stored.isEmpty() || connection.isEmpty()) {
      return new SourceSide(
          false, "A pipeline publishes this Source, so no database has the row.", Optional.empty());
    }
    List<String> columns = mapping.compared().stream().map(Column::source).distinct().toList();
    StringJoiner selected = new StringJoiner(", ");
    columns.forEach(column -> selected.add(id(column) + "::text AS " + id(column)));
    StringJoiner all = new StringJoiner(" AND ");
    for (int i = 0; i < key.size(); i++) {
      // A literal without a type takes the column's, so that the key's index serves.
      all.add(id(mapping.key().get(i).source()) + " = " + text(key.get(i)));
    }
    String sql =
        "SELECT %s FROM %s.%s WHERE %s"
            .formatted(
                selected,
                id(stored.get().descriptor().schema()),
                id(stored.get().descriptor().table()),
                all);
    try {
      QueryAnswer answer =
          dataPlane.query(
              connection.get(),
              new QueryRead(
                  sql,
                  mapping.key().stream().map(Column::source).toList(),
                  1,
                  List.of(0),
                  10,
                  SECONDS));
      return new SourceSide(
          true, "", answer.rows().stream().findFirst().map(row -> named(answer.columns(), row)));
    } catch (ProblemException e) {
      return new SourceSide(false, String.valueOf(e.getMessage()), Optional.empty());
    }
  }

  private static Map<String, @Nullable String> named(
      List<String> columns, List<@Nullable String> row) {
    Map<String, @Nullable String> named = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      named.put(columns.get(i), row.get(i));
    }
    return named;
  }

  private static List<Cell> cells(
      Optional<ByPosition> mapping, SourceSide source, Optional<JsonNode> newest) {
    Map<String, String> sourceNames = new LinkedHashMap<>();
    mapping.ifPresent(
        by -> by.compared().forEach(column -> sourceNames.put(column.table(), column.source())));
    Set<String> columns = new java.util.LinkedHashSet<>(sourceNames.keySet());
    newest.ifPresent(
        row ->
            row.fieldNames()
                .forEachRemaining(
                    name -> {
                      if (!name.startsWith("_")) {
                        columns.add(name);
                      }
                    }));
    List<Cell> cells = new ArrayList<>();
    for (String column : columns) {
      boolean compared = sourceNames.containsKey(column);
      Optional<String> ours =
          newest.map(row -> row.path(column)).filter(value -> !value.isNull()).map(Json::text);
      Optional<String> theirs =
          compared
              ? source.row().flatMap(row -> Optional.ofNullable(row.get(sourceNames.get(column))))
              : Optional.empty();
      boolean differs =
          compared
              && source.row().isPresent()
              && newest.isPresent()
              && !same(theirs.orElse(null), ours.orElse(null));
      cells.add(new Cell(column, theirs, ours, compared, differs, false));
    }
    return cells;
  }

  /** Databases print the same number, time or truth in more than one way. */
  static boolean same(@Nullable String one, @Nullable String other) {
    if (Objects.equals(one, other)) {
      return true;
    }
    if (one == null || other == null) {
      return false;
    }
    return canonical(one).equals(canonical(other));
  }

  private static String canonical(String text) {
    if (text.equals("t") || text.equals("f")) {
      return text.equals("t") ? "true" : "false";
    }
    try {
      return new BigDecimal(text).stripTrailingZeros().toPlainString();
    } catch (NumberFormatException e) {
      return text.replace('T', ' ').replaceFirst("(\\+00(:00)?|Z)$", "");
    }
  }

  private static Version version(JsonNode row) {
    return new Version(
        row.path("_op").asText(),
        known(row.path("_source_position")),
        known(row.path("_source_ts")),
        known(row.path("_ts")),
        whole(row.path("_epoch")),
        whole(row.path("_partition")),
        whole(row.path("_offset")));
  }

  private static Optional<String> known(JsonNode value) {
    return value.isMissingNode() || value.isNull()
        ? Optional.empty()
        : Optional.of(Json.text(value));
  }

  private static Optional<Long> whole(JsonNode value) {
    return value.isNumber() ? Optional.of(value.asLong()) : Optional.empty();
  }

  private static List<PathStep> path(PipelinePlan plan, PlanSink sink, String source) {
    List<PathStep> path = new ArrayList<>();
    path.add(new PathStep(sink.id(), "writes " + sink.table()));
    Set<String> wanted = new HashSet<>(Set.of(sink.input()));
    for (int i = plan.steps().size() - 1; i >= 0; i--) {
      PlanStep step = plan.steps().get(i);
      if (wanted.contains(step.id()) && reaches(plan, step, source)) {
        path.add(0, new PathStep(step.id(), step.processor()));
        wanted.addAll(step.inputs());
      }
    }
    plan.sources().stream()
        .filter(read -> read.name().equals(source))
        .forEach(read -> path.add(0, new PathStep(read.id(), "reads " + read.name())));
    return path;
  }

  private static boolean reaches(PipelinePlan plan, PlanStep step, String source) {
    for (String input : step.inputs()) {
      for (PlanSource read : plan.sources()) {
        if (read.id().equals(input) && read.name().equals(source)) {
          return true;
        }
      }
      for (PlanStep before : plan.steps()) {
        if (before.id().equals(input) && reaches(plan, before, source)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String id(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
