package dev.backlot.controller.detail;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.detail.TableDetails.ColumnDetails;
import dev.backlot.controller.detail.TableDetails.Origin;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.lineage.LineageEdge.How;
import dev.backlot.controller.lineage.LineageGraph;
import dev.backlot.controller.lineage.LineageNode;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.mask.Lock;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.TableSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Puts together what is known of a table. Thread-safe. */
final class TablePages {
  private final MetadataDatabase metadata;
  private final Lake lake;
  private final Descriptions descriptions;
  private final Lineages lineages;
  private final Masks masks;

  TablePages(
      MetadataDatabase metadata,
      Lake lake,
      Descriptions descriptions,
      Lineages lineages,
      Masks masks) {
    this.metadata = metadata;
    this.lake = lake;
    this.descriptions = descriptions;
    this.lineages = lineages;
    this.masks = masks;
  }

  /** Returns a table. */
  TableSummary find(String name) {
    return lake.find(name)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot show table '"
                        + name
                        + "': there is none of this name. See `backlot get tables`."));
  }

  TableDetails of(String written, Caller caller) {
    TableSummary table = find(written);
    String name = table.name().toString();
    Described pipeline =
        table
            .pipeline()
            .flatMap(its -> descriptions.find(SpecKind.PIPELINE, its))
            .orElse(Described.NOTHING);
    Map<String, List<Lock>> locks = masks.locks().ofTable(name);
    LineageGraph graph = lineages.graph();
    Map<String, Described> sources = descriptions.of(SpecKind.SOURCE);
    List<ColumnDetails> columns = new ArrayList<>();
    for (TableColumn column : Lake.ownColumns(table)) {
      columns.add(
          column(
              column,
              table.key().contains(column.name()),
              graph.origins(LineageNode.table(name, column.name())),
              locks.getOrDefault(column.name(), List.of()),
              sources,
              caller));
    }
    return new TableDetails(
        name,
        table.view().map(TableName::toString).orElse(""),
        table.pipeline().orElse(""),
        pipeline.owner(),
        pipeline.description(),
        table.key(),
        columns,
        table.rows(),
        table.files(),
        table.bytes(),
        table.snapshot().isPresent() ? Optional.of(table.snapshot().getAsLong()) : Optional.empty(),
        table.committed(),
        fresh(name));
  }

  /** A table is as fresh as the Source of which it has seen least. */
  private Optional<Instant> fresh(String table) {
    List<HeartbeatStore.Shown> shown =
        metadata.heartbeats().shown().stream().filter(seen -> seen.table().equals(table)).toList();
    if (shown.isEmpty() || shown.stream().anyMatch(seen -> seen.beat().isEmpty())) {
      return Optional.empty();
    }
    return shown.stream()
        .flatMap(seen -> seen.beat().stream())
        .map(HeartbeatStore.Beat::committedAt)
        .min(Instant::compareTo);
  }

  private static ColumnDetails column(
      TableColumn column,
      boolean key,
      Map<LineageNode, How> origins,
      List<Lock> locks,
      Map<String, Described> sources,
      Caller caller) {
    FieldNote note = FieldNote.NONE;
    if (origins.size() == 1) {
      Map.Entry<LineageNode, How> only = origins.entrySet().iterator().next();
      if (only.getValue() != How.DERIVED) {
        note =
            sources
                .getOrDefault(only.getKey().owner(), Described.NOTHING)
                .field(only.getKey().field());
      }
    }
    TreeSet<String> tags = new TreeSet<>();
    TreeSet<String> missing = new TreeSet<>();
    boolean masked = false;
    for (Lock lock : locks) {
      tags.addAll(lock.tags());
      if (!lock.opensFor(caller)) {
        masked = true;
        missing.addAll(lock.missing(caller));
      }
    }
    return new ColumnDetails(
        column.name(),
        column.type().notation(),
        key,
        note.description().isEmpty() ? column.doc() : note.description(),
        note.unit(),
        origins.entrySet().stream()
            .map(
                from ->
                    new Origin(
                        from.getKey().owner(), from.getKey().field(), from.getValue().label()))
            .toList(),
        locks.stream().map(SourcePages::inherited).toList(),
        List.copyOf(tags),
        masked,
        List.copyOf(missing));
  }
}
