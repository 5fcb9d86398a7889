package dev.backlot.controller.source;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.EndpointStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.SpecKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Endpoints with what their graphs said last. */
public final class EndpointItems implements Items {
  private final DocumentStore documents;
  private final EndpointStore endpoints;

  /** Shows the stored endpoints. */
  public EndpointItems(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.endpoints = metadata.endpoints();
  }

  @Override
  public String path() {
    return "endpoints";
  }

  @Override
  public String noun() {
    return "endpoint";
  }

  @Override
  public List<Item> list(Effort effort) {
    return documents.list(SpecKind.ENDPOINT).stream().map(this::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return documents.find(SpecKind.ENDPOINT, name).map(this::item);
  }

  private Item item(StoredDocument document) {
    Optional<EndpointStore.Status> known = endpoints.find(document.name());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", document.deleting() ? "deleting" : state(known));
    status.put("reason", known.map(EndpointStore.Status::reason).orElse(""));
    status.put("since", known.map(EndpointStore.Status::since).orElse(document.updatedAt()));
    status.put("revision", document.revision());
    status.put("reachable", known.map(EndpointStore.Status::reachable).orElse(false));
    known.ifPresent(
        found -> {
          status.put("checked_at", found.checkedAt());
          status.put("schema_hash", found.schemaHash());
          found.schemaAt().ifPresent(at -> status.put("schema_at", at));
        });
    return new Item("Endpoint", document.name(), Json.readMap(document.json()), status);
  }

  private static String state(Optional<EndpointStore.Status> known) {
    return known.map(found -> found.reachable() ? "ready" : "unreachable").orElse("checking");
  }
}
