package dev.backlot.controller.search;

import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.lineage.LineageEdge;
import dev.backlot.controller.lineage.LineageGraph;
import dev.backlot.controller.lineage.LineageNode;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.mask.Lock;
import dev.backlot.controller.mask.Locks;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore.SourceHead;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.warehouse.query.TableSummary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects what can be found from the stores. What is costly to read, schemas and tables, is kept
 * for as long as it stays the same. For use by one thread at a time.
 */
final class Entries {
  private static final int READ_AT_ONCE = 500;

  private final MetadataDatabase metadata;
  private final Descriptions descriptions;
  private final Lineages lineages;
  private final Masks masks;
  private final Lake lake;
  private Map<String, Fields> fields = Map.of();

  Entries(
      MetadataDatabase metadata,
      Descriptions descriptions,
      Lineages lineages,
      Masks masks,
      Lake lake) {
    this.metadata = metadata;
    this.descriptions = descriptions;
    this.lineages = lineages;
    this.masks = masks;
    this.lake = lake;
  }

  /** A Source's fields under one list of schemas. */
  private record Fields(int epoch, List<Integer> schemaIds, List<Field> fields) {
    boolean isOf(SourceHead head) {
      return epoch == head.epoch() && schemaIds.equals(head.schemaIds());
    }
  }

  /** Returns everything as of now. */
  List<Entry> collect() {
    Locks locks = masks.locks();
    LineageGraph graph = lineages.graph();
    Map<String, Described> pipelines = descriptions.of(SpecKind.PIPELINE);
    Map<String, Entry> sources = new TreeMap<>();
    sources(locks).forEach(entry -> sources.put(entry.name(), entry));
    List<Entry> all = new ArrayList<>(sources.values());
    all.addAll(connections());
    all.addAll(pipelines(pipelines));
    all.addAll(tables(graph, locks, pipelines, sources));
    return all;
  }

  private List<Entry> sources(Locks locks) {
    List<SourceHead> heads = metadata.sources().heads();
    Map<String, Fields> known = fields(heads);
    Map<String, Described> described = descriptions.of(SpecKind.SOURCE);
    List<Entry> entries = new ArrayList<>();
    for (SourceHead head : heads) {
      Described said = described.getOrDefault(head.name(), Described.NOTHING);
      Map<String, List<Lock>> locked = locks.ofSource(head.name());
      List<Entry.Field> shown = new ArrayList<>();
      for (Field field :
          Optional.ofNullable(known.get(head.name())).map(Fields::fields).orElse(List.of())) {
        String text = said.field(field.name()).description();
        shown.add(
            new Entry.Field(
                field.name(),
                field.type().notation(),
                text.isEmpty() ? field.doc() : text,
                tags(locked.getOrDefault(field.name(), List.of()))));
      }
      entries.add(
          new Entry(
              "source",
              head.name(),
              said.description(),
              locks.owner(head.name()),
              said.domain(),
              head.pipeline().isEmpty() ? head.connection() : head.pipeline(),
              head.state().label(),
              head.reason(),
              tags(shown),
              shown,
              Optional.of(head.createdAt())));
    }
    return entries;
  }

  private Map<String, Fields> fields(List<SourceHead> heads) {
    Map<String, Fields> now = new HashMap<>();
    List<SourceHead> changed = new ArrayList<>();
    for (SourceHead head : heads) {
      Fields same = fields.get(head.name());
      if (same != null && same.isOf(head)) {
        now.put(head.name(), same);
      } else {
        changed.add(head);
      }
    }
    for (int from = 0; from < changed.size(); from += READ_AT_ONCE) {
      List<SourceHead> some = changed.subList(from, Math.min(changed.size(), from + READ_AT_ONCE));
      for (StoredSource source :
          metadata.sources().list(some.stream().map(SourceHead::name).toList())) {
        now.put(
            source.descriptor().name(),
            new Fields(
                source.descriptor().epoch(),
                source.descriptor().valueSchemaIds(),
                SourceItems.rowFields(source.descriptor())));
      }
    }
    fields = now;
    return now;
  }

  private List<Entry> connections() {
    Map<String, String> states = new HashMap<>();
    metadata
        .captures()
        .statuses()
        .forEach(status -> states.put(status.connection(), label(status)));
    List<Entry> entries = new ArrayList<>();
    descriptions
        .of(SpecKind.CONNECTION)
        .forEach(
            (name, said) ->
                entries.add(plain("connection", said, states.getOrDefault(name, "new"), "")));
    return entries;
  }

  private static String label(CaptureStore.Status status) {
    return status.state().name().toLowerCase(java.util.Locale.ROOT);
  }

  private List<Entry> pipelines(Map<String, Described> pipelines) {
    Map<String, PipelineStore.Status> states = new HashMap<>();
    metadata.pipelines().list().forEach(status -> states.put(status.pipeline(), status));
    List<Entry> entries = new ArrayList<>();
    pipelines.forEach(
        (name, said) -> {
          Optional<PipelineStore.Status> status = Optional.ofNullable(states.get(name));
          entries.add(
              plain(
                  "pipeline",
                  said,
                  status.map(known -> known.state().label()).orElse("draft"),
                  status.map(PipelineStore.Status::reason).orElse("")));
        });
    return entries;
  }

  private static Entry plain(String kind, Described said, String state, String reason) {
    return new Entry(
        kind,
        said.name(),
        said.description(),
        said.owner(),
        "",
        "",
        state,
        reason,
        List.of(),
        List.of(),
        Optional.empty());
  }

  private List<Entry> tables(
      LineageGraph graph,
      Locks locks,
      Map<String, Described> pipelines,
      Map<String, Entry> sources) {
    List<Entry> entries = new ArrayList<>();
    for (TableSummary table : lake.list()) {
      String name = table.name().toString();
      Described pipeline =
          table
              .pipeline()
              .flatMap(known -> Optional.ofNullable(pipelines.get(known)))
              .orElse(Described.NOTHING);
      Map<String, List<Lock>> locked = locks.ofTable(name);
      List<Entry.Field> shown = new ArrayList<>();
      Lake.ownColumns(table)
          .forEach(
              column ->
                  shown.add(
                      new Entry.Field(
                          column.name(),
                          column.type().notation(),
                          description(graph, LineageNode.table(name, column.name()), sources),
                          tags(locked.getOrDefault(column.name(), List.of())))));
      entries.add(
          new Entry(
              "table",
              name,
              pipeline.description(),
              pipeline.owner(),
              "",
              table.pipeline().orElse(""),
              table.committed().isPresent() ? "ready" : "empty",
              "",
              tags(shown),
              shown,
              Optional.empty()));
    }
    return entries;
  }

  /** Returns what is said about the one field whose values a column has, if it is one. */
  private static String description(
      LineageGraph graph, LineageNode column, Map<String, Entry> sources) {
    List<LineageNode> from =
        graph.origins(column).entrySet().stream()
            .filter(origin -> origin.getValue().ordinal() <= LineageEdge.How.RENAMED.ordinal())
            .map(Map.Entry::getKey)
            .toList();
    if (from.size() != 1) {
      return "";
    }
    return Optional.ofNullable(sources.get(from.get(0).owner())).map(Entry::fields).stream()
        .flatMap(List::stream)
        .filter(field -> field.name().equals(from.get(0).field()))
        .map(Entry.Field::description)
        .findFirst()
        .orElse("");
  }

  private static List<String> tags(Collection<Lock> locks) {
    TreeSet<String> tags = new TreeSet<>();
    locks.forEach(lock -> tags.addAll(lock.tags()));
    return List.copyOf(tags);
  }

  private static List<String> tags(List<Entry.Field> fields) {
    return fields.stream()
        .flatMap(field -> field.tags().stream())
        .collect(java.util.stream.Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }
}
