package dev.backlot.controller.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.row.SourceEvents.Outcome;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.ColumnOrigin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.Masking;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import dev.backlot.warehouse.query.TableSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts together how a row came to be: the versions that the table holds, the events of the Sources
 * behind it, what the pipeline did with each, what failed and what audits found. Thread-safe.
 */
public final class RowHistories {
  private static final int MOST_VERSIONS = 200;
  private static final int LETTERS = 500;
  private static final int DIFFERENCES = 1_000;

  private final Lake lake;
  private final MetadataDatabase metadata;
  private final DataPlane dataPlane;

  /** Reads here. */
  public RowHistories(Lake lake, MetadataDatabase metadata, DataPlane dataPlane) {
    this.lake = lake;
    this.metadata = metadata;
    this.dataPlane = dataPlane;
  }

  /**
   * A row of a table with everything that is known of it.
   *
   * @param current the row as the business view shows it; null when it shows none
   * @param versions newest first
   * @param capped whether there are more versions than are told
   * @param letters dead letters of the row, as the API shows dead letters
   */
  record TableRow(
      String table,
      String view,
      String pipeline,
      Map<String, String> key,
      JsonNode current,
      List<RowVersion> versions,
      boolean capped,
      List<SourceEvents> sources,
      List<Map<String, Object>> letters,
      List<Map<String, Object>> differences) {}

  /** Tells the history of a table's row; a business view's is that of its table. */
  TableRow ofTable(String name, String key) {
    TableName given = TableName.parse(name);
    TableName table = lake.catalog().viewedTable(given).orElse(given);
    TableSummary summary = lake.queries().table(table);
    List<String> texts = RowKeys.parse(key, summary.key(), "table '" + table + "'");
    Map<String, String> byColumn = RowKeys.byColumn(summary.key(), texts);
    List<RowVersion> versions = versions(table, byColumn);
    boolean capped = versions.size() > MOST_VERSIONS;
    Visibility visibility = new Visibility(lake.catalog().load(table));
    Optional<PipelinePlan> plan = summary.pipeline().flatMap(this::plan);
    List<RowVersion> seen =
        versions.stream()
            .limit(MOST_VERSIONS)
            .map(version -> visible(version, visibility, plan))
            .toList();
    List<Map<String, Object>> letters = new ArrayList<>();
    List<SourceEvents> sources =
        plan.map(p -> sources(p, table, byColumn, seen, visibility, letters)).orElse(List.of());
    return new TableRow(
        table.toString(),
        summary.view().map(TableName::toString).orElse(""),
        summary.pipeline().orElse(""),
        byColumn,
        summary.view().map(view -> current(view, byColumn)).orElse(NullNode.getInstance()),
        seen,
        capped,
        sources,
        letters,
        differences(table, texts));
  }

  private List<RowVersion> versions(TableName table, Map<String, String> key) {
    List<RowVersion> found = new ArrayList<>();
    try (QueryResult result =
        lake.queries().versions(table, key, MOST_VERSIONS + 1, RowShape.OBJECT, Masking.NONE)) {
      result.toList().forEach(row -> found.add(RowVersion.of(row)));
    }
    List<RowVersion> versions = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      RowVersion version = found.get(i);
      versions.add(i + 1 < found.size() ? version.since(found.get(i + 1)) : version);
    }
    return versions;
  }

  private JsonNode current(TableName view, Map<String, String> key) {
    try (QueryResult result =
        lake.queries().versions(view, key, 1, RowShape.OBJECT, Masking.NONE)) {
      return result.toList().stream().findFirst().orElse(NullNode.getInstance());
    }
  }

  private Optional<PipelinePlan> plan(String pipeline) {
    return metadata
        .pipelines()
        .deployedPlan(pipeline)
        .map(json -> Json.MAPPER.convertValue(Json.readTree(json), PipelinePlan.class));
  }

  private static RowVersion visible(
      RowVersion version, Visibility visibility, Optional<PipelinePlan> plan) {
    Optional<PlanSource> source =
        plan.flatMap(
            p -> p.sources().stream().filter(s -> s.name().equals(version.source())).findFirst());
    if (source.isEmpty()
        || version.offset().isEmpty()
        || version.partition().isEmpty()
        || version.epoch().filter(e -> e == source.get().epoch()).isEmpty()) {
      return version;
    }
    Visibility.Seen seen =
        visibility.of(source.get().topic(), version.partition().get(), version.offset().get());
    return version.visible(seen.at(), seen.by());
  }

  private List<SourceEvents> sources(
      PipelinePlan plan,
      TableName table,
      Map<String, String> key,
      List<RowVersion> versions,
      Visibility visibility,
      List<Map<String, Object>> letters) {
    List<SourceEvents> all = new ArrayList<>();
    Optional<PlanSink> sink =
        plan.sinks().stream().filter(s -> TableName.parse(s.table()).equals(table)).findFirst();
    if (sink.isEmpty()) {
      return all;
    }
    List<Map<String, Object>> failed = letters(plan.pipeline());
    String only = key.getOrDefault("_source", "");
    for (PlanSource source : plan.sources()) {
      if (!sink.get().sources().contains(source.id())
          || (!only.isEmpty() && !only.equals(source.name()))) {
        continue;
      }
      Optional<List<String>> sourceKey = sourceKey(plan, sink.get(), source, key, versions);
      if (sourceKey.isEmpty()) {
        all.add(unsearched(source.name(), List.of(), "Its key is not among the row's columns."));
        continue;
      }
      List<Map<String, Object>> own = ofKey(failed, source, sourceKey.get());
      letters.addAll(own);
      all.add(events(source, sourceKey.get(), versions, visibility, own));
    }
    return all;
  }

  /** The Source's key by the row's own values: those of the table's key, else of a version. */
  private static Optional<List<String>> sourceKey(
      PipelinePlan plan,
      PlanSink sink,
      PlanSource source,
      Map<String, String> key,
      List<RowVersion> versions) {
    if (source.key().isEmpty()) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (String column : source.key()) {
      Optional<String> text = Optional.empty();
      for (PlanSink.Target target : sink.shape()) {
        if (ColumnOrigin.of(plan, sink, target.name()) instanceof ColumnOrigin.Copied copied
            && column.equals(copied.columns().get(source.id()))) {
          text =
              Optional.ofNullable(key.get(target.name()))
                  .or(() -> value(versions, source.name(), target.name()));
        }
      }
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return Optional.of(texts);
  }

  private static Optional<String> value(List<RowVersion> versions, String source, String column) {
    return versions.stream()
        .filter(version -> version.source().equals(source))
        .map(version -> version.values().get(column))
        .filter(value -> value != null && !value.isNull())
        .map(RowKeys::text)
        .findFirst();
  }

  private SourceEvents events(
      PlanSource source,
      List<String> key,
      List<RowVersion> versions,
      Visibility visibility,
      List<Map<String, Object>> letters) {
    SourceEvents found = ofSource(source.name(), key);
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonNode event : found.events()) {
      outcomes.add(outcome(event, source, versions, visibility, letters));
    }
    return new SourceEvents(
        found.source(),
        key,
        found.reason(),
        found.scanned(),
        found.complete(),
        found.since(),
        found.events(),
        outcomes);
  }

  /** Returns the events of a key in a Source's topic. */
  SourceEvents ofSource(String source, List<String> key) {
    try {
      JsonNode found = Json.MAPPER.valueToTree(dataPlane.rowEvents(source, key));
      return new SourceEvents(
          source,
          key,
          "",
          found.path("scanned").asLong(),
          found.path("complete").asBoolean(),
          found.path("since"),
          found.path("events"),
          List.of());
    } catch (ProblemException e) {
      return unsearched(source, key, e.problems().get(0).message());
    }
  }

  private static SourceEvents unsearched(String source, List<String> key, String reason) {
    return new SourceEvents(
        source,
        key,
        reason,
        0,
        false,
        NullNode.getInstance(),
        Json.MAPPER.createArrayNode(),
        List.of());
  }

  private static Outcome outcome(
      JsonNode event,
      PlanSource source,
      List<RowVersion> versions,
      Visibility visibility,
      List<Map<String, Object>> letters) {
    int epoch = event.path("epoch").asInt();
    int partition = event.path("partition").asInt();
    long offset = event.path("offset").asLong();
    for (Map<String, Object> letter : letters) {
      if (isOf(letter, source, epoch, partition, offset)) {
        return new Outcome(
            "failed", "Failed in step '" + letter.get("step") + "': " + letter.get("reason"));
      }
    }
    for (RowVersion version : versions) {
      if (version.isOf(source.name(), epoch, partition, offset)) {
        return written(event, version);
      }
    }
    Optional<Long> mark = visibility.mark(source.topic(), partition);
    if (epoch == source.epoch() && mark.filter(m -> m > offset).isEmpty()) {
      return new Outcome("pending", "On its way to the table.");
    }
    return new Outcome(
        "absent", "Not in the table: a filter holds it back, or newer versions have replaced it.");
  }

  private static Outcome written(JsonNode event, RowVersion version) {
    String op = event.path("op").asText();
    if (version.op().equals("d") && !op.equals("d")) {
      return new Outcome(
          "deleted", "The row no longer passes a filter, so it was deleted in the table.");
    }
    return new Outcome("written", "In the table.");
  }

  private List<Map<String, Object>> letters(String pipeline) {
    try {
      return dataPlane.deadLetters(pipeline, LETTERS);
    } catch (ProblemException e) {
      return List.of();
    }
  }

  /** Letters name their record, and its key as JSON text with the columns in key order. */
  private static List<Map<String, Object>> ofKey(
      List<Map<String, Object>> letters, PlanSource source, List<String> key) {
    return letters.stream()
        .filter(letter -> source.name().equals(letter.get("source")))
        .filter(letter -> key.equals(texts(String.valueOf(letter.get("key")))))
        .<Map<String, Object>>map(LinkedHashMap::new)
        .toList();
  }

  private static List<String> texts(String json) {
    List<String> texts = new ArrayList<>();
    try {
      for (JsonNode value : Json.readTree(json)) {
        texts.add(RowKeys.text(value));
      }
    } catch (IllegalArgumentException e) {
      return List.of();
    }
    return texts;
  }

  private static boolean isOf(
      Map<String, Object> letter, PlanSource source, int epoch, int partition, long offset) {
    return source.name().equals(letter.get("source"))
        && number(letter.get("epoch")) == epoch
        && number(letter.get("partition")) == partition
        && number(letter.get("offset")) == offset;
  }

  private static long number(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Number number ? number.longValue() : -1;
  }

  private List<Map<String, Object>> differences(TableName table, List<String> key) {
    return metadata.audits().differences(Optional.of(table.toString()), DIFFERENCES).stream()
        .filter(difference -> difference.key().equals(key))
        .map(
            difference -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("source", difference.source());
              map.put("kind", difference.kind());
              map.put("columns", difference.columns());
              map.put("cause", difference.cause());
              map.put("found_at", difference.foundAt());
              return map;
            })
        .toList();
  }
}
