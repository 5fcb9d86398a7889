package dev.backlot.controller.blackbox;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.BlackBoxStore.Repair;
import dev.backlot.metadata.BlackBoxStore.Row;
import dev.backlot.metadata.BlackBoxStore.Status;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.blackbox.Contrast;
import dev.backlot.quality.blackbox.Suspect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Audits of two queries with what they found. */
public final class AuditItems implements Items {
  private static final int SHOWN = 100;

  private final DocumentStore documents;
  private final BlackBoxStore store;

  /** Shows the stored audits. */
  public AuditItems(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.store = metadata.blackBoxAudits();
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
    return documents.list(SpecKind.AUDIT).stream().map(document -> item(document, 0)).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return documents.find(SpecKind.AUDIT, name).map(document -> item(document, SHOWN));
  }

  private Item item(StoredDocument document, int rowsShown) {
    Optional<Status> found = store.status(document.name());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put(
        "state",
        document.deleting()
            ? "deleting"
            : found.map(known -> known.state().label()).orElse("waiting"));
    status.put("reason", found.map(Status::reason).orElse(""));
    status.put("since", found.map(Status::since).orElse(document.updatedAt()));
    status.put("revision", document.revision());
    found.flatMap(Status::provenAt).ifPresent(at -> status.put("proven_equal_as_of", at));
    found.flatMap(Status::lookedAt).ifPresent(at -> status.put("looked_at", at));
    found.ifPresent(
        known -> {
          status.put("looks", known.looks());
          status.put("source_rows", known.sourceRows());
          status.put("target_rows", known.targetRows());
        });
    if (rowsShown > 0) {
      details(document, found, rowsShown, status);
    }
    return new Item("Audit", document.name(), Json.readMap(document.json()), status);
  }

  private void details(
      StoredDocument document, Optional<Status> found, int most, Map<String, Object> status) {
    Optional<AuditSpec> spec =
        Usage.spec(document.json()).filter(AuditSpec.class::isInstance).map(AuditSpec.class::cast);
    List<Row> rows = store.rows(document.name());
    List<String> columns = found.map(Status::columns).orElse(List.of());
    status.put("rows_that_differ", rows.size());
    status.put(
        "differences",
        rows.stream().limit(most).map(row -> difference(row, columns, spec)).toList());
    status.put(
        "repairs",
        store.repairs(document.name()).stream().limit(most).map(AuditItems::repair).toList());
  }

  private static Map<String, Object> difference(
      Row row, List<String> columns, Optional<AuditSpec> spec) {
    Contrast contrast = new Contrast(row.key(), row.source(), row.target(), row.doubled());
    Suspect suspect = new Suspect(contrast, row.firstSeen(), row.lastSeen(), row.looks());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("key", row.key());
    shown.put("kind", contrast.kind().name().toLowerCase(Locale.ROOT));
    shown.put(
        "counts", spec.map(audit -> suspect.counts(audit.looks(), audit.sla())).orElse(false));
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
