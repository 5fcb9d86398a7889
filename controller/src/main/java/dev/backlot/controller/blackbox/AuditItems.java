package dev.backlot.controller.blackbox;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.BlackBoxStore.Repair;
import dev.backlot.metadata.BlackBoxStore.Row;
import dev.backlot.metadata.BlackBoxStore.Status;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.blackbox.Contrast;
import dev.backlot.quality.blackbox.Suspect;
import dev.backlot.quality.enrichment.EnrichedTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Audits without a common position, with what they found. */
public final class AuditItems implements Items {
  private static final int SHOWN = 100;

  private final DocumentStore documents;
  private final BlackBoxStore store;
  private final AuditList audits;
  private final Masks masks;

  /** Shows the stored audits, and those that pipelines' graphs call for. */
  public AuditItems(MetadataDatabase metadata, AuditList audits, Masks masks) {
    this.documents = metadata.documents();
    this.store = metadata.blackBoxAudits();
    this.audits = audits;
    this.masks = masks;
  }

  @Override
  public String path() {
    return "audits";
  }

  @Override
  public String noun() {
    return "audit";
  }

  @Override
  public List<Item> list(Effort effort) {
    List<Item> items = new ArrayList<>();
    documents.list(SpecKind.AUDIT).forEach(document -> items.add(item(document, 0)));
    audits.enriched().forEach((table, pipeline) -> items.add(item(table, pipeline, 0)));
    return items;
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    Optional<Item> declared =
        documents.find(SpecKind.AUDIT, name).map(document -> item(document, SHOWN));
    return declared.isPresent()
        ? declared
        : audits.enriched().entrySet().stream()
            .filter(entry -> EnrichmentAudit.name(entry.getKey()).equals(name))
            .findFirst()
            .map(entry -> item(entry.getKey(), entry.getValue(), SHOWN));
  }

  private Item item(StoredDocument document, int rowsShown) {
    Map<String, Object> status = status(document.name(), document.updatedAt(), rowsShown);
    if (document.deleting()) {
      status.put("state", "deleting");
    }
    status.put("revision", document.revision());
    return new Item("Audit", document.name(), Json.readMap(document.json()), status);
  }

  private Item item(EnrichedTable table, PipelineSpec pipeline, int rowsShown) {
    String name = EnrichmentAudit.name(table);
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("owner", pipeline.header().owner());
    spec.put("pipeline", table.pipeline());
    spec.put("table", table.table());
    spec.put("step", table.step());
    spec.put("key", table.key().stream().map(EnrichedTable.Column::name).toList());
    spec.put("columns", table.taken().stream().map(EnrichedTable.Column::name).toList());
    Map<String, Object> status = status(name, Instant.EPOCH, rowsShown);
    if (pipeline.audit().pause().isEmpty()) {
      status.put("state", "off");
    }
    return new Item("Audit", name, spec, status);
  }

  private Map<String, Object> status(String name, Instant since, int rowsShown) {
    Optional<Status> found = store.status(name);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", found.map(known -> known.state().label()).orElse("waiting"));
    status.put("reason", found.map(Status::reason).orElse(""));
    status.put("since", found.map(Status::since).orElse(since));
    found.flatMap(Status::provenAt).ifPresent(at -> status.put("proven_equal_as_of", at));
    found.flatMap(Status::lookedAt).ifPresent(at -> status.put("looked_at", at));
    found.ifPresent(
        known -> {
          status.put("looks", known.looks());
          status.put("asked", known.asked());
          status.put("source_rows", known.sourceRows());
          status.put("target_rows", known.targetRows());
        });
    if (rowsShown > 0) {
      details(name, found, rowsShown, status);
    }
    return status;
  }

  private void details(String name, Optional<Status> found, int most, Map<String, Object> status) {
    Optional<RepeatedAudit> audit = audits.find(name);
    List<Row> rows = store.rows(name);
    List<String> columns = found.map(Status::columns).orElse(List.of());
    status.put("rows_that_differ", rows.size());
    status.put(
        "differences",
        rows.stream().limit(most).map(row -> masked(difference(row, columns, audit))).toList());
    status.put(
        "repairs", store.repairs(name).stream().limit(most).map(AuditItems::repair).toList());
  }

  /** What queries give can't be traced to fields: whoever may not see all sees no value. */
  private Map<String, Object> masked(Map<String, Object> difference) {
    if (masks.hidesAnything(Callers.current())) {
      for (String side : List.of("source", "target")) {
        difference.computeIfPresent(
            side,
            (name, values) ->
                values instanceof Map<?, ?> map
                    ? Masks.hideAll(List.of(map), texts(map.keySet())).get(0)
                    : Masks.MASKED);
      }
      difference.put("key", Masks.MASKED);
      difference.put("masked", true);
    }
    return difference;
  }

  private static Set<String> texts(Set<?> names) {
    return names.stream().map(String::valueOf).collect(Collectors.toSet());
  }

  private static Map<String, Object> difference(
      Row row, List<String> columns, Optional<RepeatedAudit> audit) {
    Contrast contrast = new Contrast(row.key(), row.source(), row.target(), row.doubled());
    Suspect suspect = new Suspect(contrast, row.firstSeen(), row.lastSeen(), row.looks());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("key", row.key());
    shown.put("kind", contrast.kind().name().toLowerCase(Locale.ROOT));
    shown.put(
        "counts", audit.map(known -> suspect.counts(known.looks(), known.sla())).orElse(false));
    shown.put("first_seen", row.firstSeen());
    shown.put("looks", row.looks());
    row.source().ifPresent(values -> shown.put("source", values(columns, values)));
    row.target().ifPresent(values -> shown.put("target", values(columns, values)));
    return shown;
  }

  private static Map<String, Object> values(
      List<String> columns, List<? extends @org.jspecify.annotations.Nullable String> values) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(columns.size(), values.size()); i++) {
      String value = values.get(i);
      if (value != null) {
        shown.put(columns.get(i), value);
      }
    }
    return shown;
  }

  private static Map<String, Object> repair(Repair repair) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("dump", repair.dump());
    shown.put("keys", repair.keys());
    shown.put("asked_by", repair.askedBy());
    shown.put("at", repair.at());
    return shown;
  }
}
