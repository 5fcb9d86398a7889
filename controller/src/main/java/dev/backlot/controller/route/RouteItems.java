package dev.backlot.controller.route;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DeliveryStore;
import dev.backlot.metadata.DeliveryStore.Delivery;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes with what became of their messages. */
public final class RouteItems implements Items {
  private static final int SHOWN = 20;

  private final DocumentStore documents;
  private final DeliveryStore deliveries;

  /** Shows the stored routes. */
  public RouteItems(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.deliveries = metadata.deliveries();
  }

  @Override
  public String path() {
    return "routes";
  }

  @Override
  public String noun() {
    return "route";
  }

  @Override
  public List<Item> list(Effort effort) {
    return documents.list(SpecKind.ROUTE).stream().map(document -> item(document, 1)).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return documents.find(SpecKind.ROUTE, name).map(document -> item(document, SHOWN));
  }

  private Item item(StoredDocument document, int shown) {
    List<Delivery> newest = deliveries.list(document.name(), SHOWN);
    Optional<Delivery> failing =
        deliveries
            .oldestWaiting(document.name())
            .or(() -> newest.stream().findFirst())
            .filter(delivery -> !delivery.reason().isEmpty());
    String state = failing.isPresent() ? "failing" : "ready";
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", document.deleting() ? "deleting" : state);
    status.put("reason", failing.map(Delivery::reason).orElse(""));
    status.put("since", failing.map(Delivery::createdAt).orElse(document.updatedAt()));
    status.put("revision", document.revision());
    status.put("waiting", deliveries.waiting(document.name()));
    if (shown > 1) {
      List<Map<String, Object>> messages = new ArrayList<>();
      newest.forEach(delivery -> messages.add(message(delivery)));
      status.put("messages", messages);
    }
    return new Item("Route", document.name(), Json.readMap(document.json()), status);
  }

  private static Map<String, Object> message(Delivery delivery) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", delivery.id());
    map.put("what", delivery.what().label());
    map.put("title", delivery.message().get("title"));
    map.put("state", delivery.state().label());
    map.put("attempts", delivery.attempts());
    map.put("reason", delivery.reason());
    map.put("created_at", delivery.createdAt());
    delivery.finishedAt().ifPresent(time -> map.put("finished_at", time));
    return map;
  }
}
