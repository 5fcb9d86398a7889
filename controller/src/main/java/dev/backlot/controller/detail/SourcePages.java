package dev.backlot.controller.detail;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.SourceStats;
import dev.backlot.controller.detail.SourceDetails.Consumer;
import dev.backlot.controller.detail.SourceDetails.FieldDetails;
import dev.backlot.controller.detail.SourceDetails.FieldUse;
import dev.backlot.controller.detail.SourceDetails.Figures;
import dev.backlot.controller.detail.SourceDetails.Inherited;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.evolution.Evolutions.Reader;
import dev.backlot.controller.mask.Lock;
import dev.backlot.controller.mask.Locks;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.controller.source.TagSuggestions;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore.State;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SqlIdentifier;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts together what is known of a Source. Thread-safe. */
final class SourcePages {
  private final MetadataDatabase metadata;
  private final Descriptions descriptions;
  private final Evolutions evolutions;
  private final Masks masks;
  private final StatsBoard stats;

  SourcePages(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      Descriptions descriptions,
      Evolutions evolutions,
      Masks masks) {
    this.metadata = metadata;
    this.descriptions = descriptions;
    this.evolutions = evolutions;
    this.masks = masks;
    this.stats = new StatsBoard(dataPlane);
  }

  SourceDetails of(String written, Caller caller) {
    StoredSource source = SourceItems.find(metadata.sources(), written, "show");
    SourceDescriptor descriptor = source.descriptor();
    String name = descriptor.name();
    Described said = descriptions.find(SpecKind.SOURCE, name).orElse(Described.NOTHING);
    Locks locks = masks.locks();
    List<Reader> readers = evolutions.readers(name);
    boolean published = descriptor.publisher().exists();
    return new SourceDetails(
        name,
        descriptor.connection(),
        descriptor.publisher().pipeline(),
        published
            ? ""
            : SqlIdentifier.quoteIfNeeded(descriptor.schema())
                + "."
                + SqlIdentifier.quoteIfNeeded(descriptor.table()),
        locks.owner(name),
        said.domain(),
        said.description(),
        said.revision(),
        SourceEdits.mayEdit(caller, locks.owner(name)),
        source.state().label(),
        source.reason(),
        source.updatedAt(),
        descriptor.epoch(),
        descriptor.topic(),
        descriptor.partitions(),
        descriptor.keyColumns(),
        descriptor.valueSchemaIds().size(),
        fields(descriptor, said, locks.ofSource(name), readers, caller),
        consumers(readers),
        tables(readers),
        figures(source));
  }

  private List<FieldDetails> fields(
      SourceDescriptor descriptor,
      Described said,
      Map<String, List<Lock>> locks,
      List<Reader> readers,
      Caller caller) {
    List<RowSchema> versions = new ArrayList<>();
    for (int id : descriptor.valueSchemaIds()) {
      evolutions.rowSchema(id).ifPresent(versions::add);
    }
    boolean complete = versions.size() == descriptor.valueSchemaIds().size();
    String table = descriptor.table().isEmpty() ? descriptor.name() : descriptor.table();
    List<FieldDetails> fields = new ArrayList<>();
    for (Field field : SourceItems.rowFields(descriptor)) {
      FieldNote note = said.field(field.name());
      List<Lock> its = locks.getOrDefault(field.name(), List.of());
      List<Lock> closed = its.stream().filter(lock -> !lock.opensFor(caller)).toList();
      TreeSet<String> missing = new TreeSet<>();
      closed.forEach(lock -> missing.addAll(lock.missing(caller)));
      List<String> suggested = new ArrayList<>(TagSuggestions.of(table, field.name()));
      suggested.removeAll(note.tags());
      fields.add(
          new FieldDetails(
              field.name(),
              field.type().notation(),
              field.nullable(),
              field.doc(),
              note.description(),
              note.unit(),
              note.tags(),
              its.stream()
                  .filter(
                      lock ->
                          !(lock.source().equals(descriptor.name())
                              && lock.field().equals(field.name())))
                  .map(SourcePages::inherited)
                  .toList(),
              suggested,
              descriptor.keyColumns().contains(field.name()),
              !closed.isEmpty(),
              List.copyOf(missing),
              complete ? since(versions, field.name()) : Optional.empty(),
              uses(readers, field.name())));
    }
    return fields;
  }

  static Inherited inherited(Lock lock) {
    return new Inherited(lock.source(), lock.field(), List.copyOf(new TreeSet<>(lock.tags())));
  }

  private static Optional<Integer> since(List<RowSchema> versions, String field) {
    int since = 0;
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).field(field).isEmpty()) {
        break;
      }
      since = i + 1;
    }
    return since == 0 ? Optional.empty() : Optional.of(since);
  }

  private static List<FieldUse> uses(List<Reader> readers, String field) {
    List<FieldUse> uses = new ArrayList<>();
    for (Reader reader : readers) {
      for (PlanColumn column : reader.planned().columns()) {
        if (column.name().equals(field)) {
          PlanUse use = reader.planned().use(field);
          uses.add(new FieldUse(reader.pipeline(), use.use(), use.steps(), use.columns()));
        }
      }
    }
    return uses;
  }

  private List<Consumer> consumers(List<Reader> readers) {
    Map<String, Described> pipelines = descriptions.of(SpecKind.PIPELINE);
    List<Consumer> consumers = new ArrayList<>();
    for (Reader reader : readers) {
      Optional<PipelineStore.Status> status = metadata.pipelines().find(reader.pipeline());
      List<PlanColumn> columns = reader.planned().columns();
      consumers.add(
          new Consumer(
              reader.pipeline(),
              pipelines.getOrDefault(reader.pipeline(), Described.NOTHING).owner(),
              status.map(known -> known.state().label()).orElse("draft"),
              status.map(PipelineStore.Status::reason).orElse(""),
              reader.planned().open(),
              columns.size(),
              (int)
                  columns.stream()
                      .filter(c -> reader.planned().use(c.name()).use().equals("consumed"))
                      .count()));
    }
    return consumers;
  }

  private static Map<String, List<String>> tables(List<Reader> readers) {
    Map<String, TreeSet<String>> tables = new TreeMap<>();
    for (Reader reader : readers) {
      for (PlanUse use : reader.planned().uses()) {
        for (String column : use.columns()) {
          int dot = column.indexOf('.', column.indexOf('.') + 1);
          if (dot > 0) {
            tables
                .computeIfAbsent(column.substring(0, dot), any -> new TreeSet<>())
                .add(column.substring(dot + 1));
          }
        }
      }
    }
    Map<String, List<String>> shown = new TreeMap<>();
    tables.forEach((table, columns) -> shown.put(table, List.copyOf(columns)));
    return shown;
  }

  private Figures figures(StoredSource source) {
    String topic = source.descriptor().topic();
    Optional<SourceStats> found = stats.of(source.descriptor().name());
    HeartbeatStore heartbeats = metadata.heartbeats();
    Optional<Instant> fresh =
        heartbeats.newest().stream()
            .filter(beat -> beat.offsets().containsKey(topic))
            .map(HeartbeatStore.Beat::committedAt)
            .max(Instant::compareTo);
    return new Figures(
        found.flatMap(SourceStats::messages),
        found.flatMap(SourceStats::rate),
        found.flatMap(SourceStats::newest),
        fresh,
        Optional.ofNullable(heartbeats.volumes().get(topic)).map(HeartbeatStore.Volume::changes),
        source.dumpedRows(),
        source.state() == State.DUMPING);
  }
}
