package dev.backlot.controller.audit;

import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Repair;
import dev.backlot.metadata.AuditStore.Round;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.TableName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Audits of tables on demand, and what they have proven. */
@RestController
public final class TableAuditResource {
  private final Lake lake;
  private final AuditStore store;
  private final AuditScheduler scheduler;
  private final AuditViews views;

  /** Has rounds done by the scheduler. */
  public TableAuditResource(
      Lake lake, AuditStore store, AuditScheduler scheduler, AuditViews views) {
    this.lake = lake;
    this.store = store;
    this.scheduler = scheduler;
    this.views = views;
  }

  /**
   * What is wanted.
   *
   * @param keys only these, each as texts in key order; all when missing
   * @param repair {@code never} (the default), {@code dry_run} or {@code repair}
   */
  record Request(@Nullable List<List<String>> keys, @Nullable String repair) {}

  @PostMapping("/api/v1/tables/{name}/audits")
  Map<String, Object> audit(@PathVariable String name, @RequestBody Request request) {
    TableName table = TableName.parse(name);
    lake.catalog().load(table);
    if (lake.catalog().owner(table).isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot audit table '"
              + name
              + "': no pipeline writes it. Compare it by an Audit document with two queries.");
    }
    long id =
        store.request(table.toString(), true, repair(name, request.repair()), keys(name, request));
    scheduler.runSoon(id);
    return views.round(find(name, id));
  }

  @GetMapping("/api/v1/tables/{name}/audits")
  Map<String, Object> describe(@PathVariable String name) {
    TableName table = TableName.parse(name);
    lake.catalog().load(table);
    return views.describe(table.toString());
  }

  @GetMapping("/api/v1/tables/{name}/audits/{id}")
  Map<String, Object> show(@PathVariable String name, @PathVariable long id) {
    return views.round(find(name, id));
  }

  private static @Nullable List<List<String>> keys(String table, Request request) {
    List<List<String>> keys = request.keys();
    if (keys == null) {
      return null;
    }
    if (keys.isEmpty() || keys.stream().anyMatch(key -> key == null || key.isEmpty())) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot audit table '" + table + "': a key is empty. Leave keys out to audit all.");
    }
    return keys;
  }

  private static Repair repair(String table, @Nullable String word) {
    try {
      return word == null ? Repair.NEVER : Repair.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot audit table '"
              + table
              + "': there is no repair '"
              + word
              + "'. Use never, dry_run or repair.",
          e);
    }
  }

  private Round find(String table, long id) {
    return store
        .find(id)
        .filter(round -> round.table().equals(TableName.parse(table).toString()))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot find audit '"
                        + id
                        + "' of table '"
                        + table
                        + "': there is none of this number. See `backlot describe table`."));
  }
}
