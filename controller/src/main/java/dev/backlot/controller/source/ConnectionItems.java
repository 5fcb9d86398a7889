package dev.backlot.controller.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.WorkerStore;
import dev.backlot.model.spec.SpecKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Connections with what their capture says. */
public final class ConnectionItems implements Items {
  private final DocumentStore documents;
  private final CaptureStore captures;
  private final SourceStore sources;
  private final WorkerStore workers;

  /** Shows the stored connections. */
  public ConnectionItems(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.captures = metadata.captures();
    this.sources = metadata.sources();
    this.workers = metadata.workers();
  }

  @Override
  public String path() {
    return "connections";
  }

  @Override
  public String noun() {
    return "connection";
  }

  @Override
  public List<Item> list(Effort effort) {
    return documents.list(SpecKind.CONNECTION).stream().map(this::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return documents.find(SpecKind.CONNECTION, name).map(this::item);
  }

  private Item item(StoredDocument document) {
    Optional<CaptureStore.Status> capture = captures.status(document.name());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", state(document, capture));
    status.put("code", capture.map(CaptureStore.Status::code).orElse(""));
    status.put("reason", capture.map(CaptureStore.Status::reason).orElse(""));
    status.put("since", capture.map(CaptureStore.Status::updatedAt).orElse(document.updatedAt()));
    status.put("revision", document.revision());
    status.put("captured_revision", capture.map(CaptureStore.Status::revision).orElse(0L));
    long count =
        sources.ofConnection(document.name()).stream()
            .filter(source -> source.state() != SourceStore.State.REMOVED)
            .count();
    status.put("sources", count);
    workers.owner(document.name()).ifPresent(owner -> status.put("worker", worker(owner)));
    capture.ifPresent(c -> addDetails(status, c.details()));
    return new Item("Connection", document.name(), Json.readMap(document.json()), status);
  }

  private static Map<String, Object> worker(WorkerStore.Owner owner) {
    Map<String, Object> worker = new LinkedHashMap<>();
    worker.put("host", owner.worker().host());
    worker.put("pid", owner.worker().pid());
    worker.put("id", owner.worker().id());
    worker.put("generation", owner.generation());
    worker.put("since", owner.since());
    return worker;
  }

  private static String state(StoredDocument document, Optional<CaptureStore.Status> capture) {
    if (document.deleting()) {
      return "deleting";
    }
    if (capture.isEmpty()) {
      return "starting";
    }
    boolean follows = capture.get().revision() == document.revision();
    return follows || capture.get().state() != CaptureStore.State.RUNNING
        ? capture.get().state().label()
        : "starting";
  }

  private static void addDetails(Map<String, Object> status, String details) {
    try {
      JsonNode node = Json.MAPPER.readTree(details);
      node.properties().forEach(field -> status.putIfAbsent(field.getKey(), field.getValue()));
    } catch (JsonProcessingException e) {
      status.put("details", details);
    }
  }
}
