package dev.backlot.controller.blackbox;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Looks and repairs of audits of two queries, on demand. */
@RestController
public final class BlackBoxResource {
  private final AuditList list;
  private final BlackBoxStore store;
  private final BlackBoxAudits audits;
  private final AuditItems items;

  /** Has looks done by the audits' own thread. */
  public BlackBoxResource(
      AuditList list, MetadataDatabase metadata, BlackBoxAudits audits, AuditItems items) {
    this.list = list;
    this.store = metadata.blackBoxAudits();
    this.audits = audits;
    this.items = items;
  }

  /**
   * What to repair.
   *
   * @param keys texts in the audit's key order; everything that counts as different when left out
   */
  record RepairRequest(@Nullable List<List<String>> keys) {}

  /** Has an audit look as soon as it can; its {@code looks} grow when that is done. */
  @PostMapping("/api/v1/audits/{name}/looks")
  Item look(@PathVariable String name) {
    find(name);
    if (list.active().stream().noneMatch(audit -> audit.name().equals(name))) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot look by audit '"
              + name
              + "': its pipeline is paused or not audited. Resume it, or set its 'audit: {every: …}'.");
    }
    store.ask(name);
    return items.find(name, Effort.CHEAP).orElseThrow(() -> notFound(name));
  }

  @PostMapping("/api/v1/audits/{name}/repairs")
  Map<String, Object> repair(@PathVariable String name, @RequestBody RepairRequest request) {
    RepeatedAudit audit = find(name);
    List<List<String>> keys =
        request.keys() == null
            ? store.rows(name).stream().map(BlackBoxStore.Row::key).toList()
            : request.keys();
    if (keys.isEmpty()) {
      return Map.of("dumps", List.of(), "keys", List.of());
    }
    return Map.of("dumps", audits.repair(audit, keys, "request"), "keys", keys);
  }

  private RepeatedAudit find(String name) {
    return list.find(name).orElseThrow(() -> notFound(name));
  }

  private static ProblemException notFound(String name) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot find audit '" + name + "': there is none of this name. See `backlot get audits`.");
  }
}
