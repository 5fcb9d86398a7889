package dev.backlot.controller.source;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.SpecKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Endpoints, which need nothing done. */
public final class EndpointItems implements Items {
  private final DocumentStore documents;

  /** Shows the stored endpoints. */
  public EndpointItems(MetadataDatabase metadata) {
    this.documents = metadata.documents();
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
    return documents.list(SpecKind.ENDPOINT).stream().map(EndpointItems::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return documents.find(SpecKind.ENDPOINT, name).map(EndpointItems::item);
  }

  private static Item item(StoredDocument document) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", document.deleting() ? "deleting" : "ready");
    status.put("reason", "");
    status.put("since", document.updatedAt());
    status.put("revision", document.revision());
    return new Item("Endpoint", document.name(), Json.readMap(document.json()), status);
  }
}
