package dev.backlot.controller.incident;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Cause;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.IncidentStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.alert.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Incidents, by number; those that are not over first. */
public final class IncidentItems implements Items {
  private final IncidentStore incidents;

  /** Shows the stored incidents. */
  public IncidentItems(MetadataDatabase metadata) {
    this.incidents = metadata.incidents();
  }

  @Override
  public String path() {
    return "incidents";
  }

  @Override
  public String noun() {
    return "incident";
  }

  @Override
  public List<Item> list(Effort effort) {
    return incidents.list().stream().map(IncidentItems::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return number(name).flatMap(incidents::find).map(this::withHistory);
  }

  /** Returns the incidents that are not over, short, as the live state shows them. */
  public List<Map<String, Object>> open() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Incident incident : incidents.unresolved()) {
      Item item = item(incident);
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("id", incident.id());
      map.putAll(item.spec());
      map.put("severity", incident.cause().severity().label());
      map.put("state", item.state());
      map.put("reason", incident.cause().summary());
      map.put("since", incident.openedAt());
      list.add(map);
    }
    return list;
  }

  static Optional<Long> number(String name) {
    return name.matches("\\d{1,18}") ? Optional.of(Long.parseLong(name)) : Optional.empty();
  }

  private Item withHistory(Incident incident) {
    Item item = item(incident);
    Map<String, Object> status = new LinkedHashMap<>(item.status());
    List<Map<String, Object>> history = new ArrayList<>();
    for (IncidentStore.Event event : incidents.events(incident.id())) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("at", event.at());
      map.put("what", event.what());
      map.put("author", event.author());
      map.put("message", event.message());
      history.add(map);
    }
    status.put("history", history);
    return new Item(item.kind(), item.name(), item.spec(), status);
  }

  static Item item(Incident incident) {
    Cause cause = incident.cause();
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("kind", cause.kind().label());
    spec.put("subject", subject(cause.subject()));
    spec.put("document", subject(cause.document()));
    spec.put("owner", cause.owner());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", incident.state().label());
    status.put("severity", cause.severity().label());
    status.put("reason", cause.summary());
    status.put("since", incident.openedAt());
    status.put("held", incident.held());
    status.put("held_since", cause.heldSince());
    status.put("episode", incident.episode());
    status.put("updated_at", incident.updatedAt());
    incident.snoozedUntil().ifPresent(time -> status.put("snoozed_until", time));
    incident
        .resolvedAt()
        .filter(time -> incident.state() == State.RESOLVED)
        .ifPresent(time -> status.put("resolved_at", time));
    status.put("facts", cause.facts());
    return new Item("Incident", Long.toString(incident.id()), spec, status);
  }

  private static Map<String, Object> subject(Subject subject) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("kind", subject.kind().label());
    map.put("name", subject.name());
    return map;
  }
}
