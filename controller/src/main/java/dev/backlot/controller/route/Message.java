package dev.backlot.controller.route;

import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DeliveryStore.Delivery;
import dev.backlot.metadata.DeliveryStore.What;
import dev.backlot.metadata.IncidentStore.Cause;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a route's receiver is told, before it is put into the receiver's format.
 *
 * @param id the delivery's number, or {@code test}
 * @param what {@code opened}, {@code reminder}, {@code recovered} or {@code test}
 * @param title one line
 * @param incidents plain JSON values by name
 */
record Message(
    String id,
    String route,
    String what,
    String title,
    Instant at,
    List<Map<String, Object>> incidents) {
  private static final int MOST_NAMED = 3;

  /** Returns title and incidents as they are stored until they are delivered. */
  static Map<String, Object> content(What what, List<Incident> incidents) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("title", title(what, incidents));
    content.put("incidents", incidents.stream().map(Message::incident).toList());
    return content;
  }

  static Message of(Delivery delivery) {
    List<Map<String, Object>> incidents = new ArrayList<>();
    if (delivery.message().get("incidents") instanceof List<?> list) {
      for (Object element : list) {
        incidents.add(Json.readMap(Json.write(element)));
      }
    }
    return new Message(
        Long.toString(delivery.id()),
        delivery.route(),
        delivery.what().label(),
        String.valueOf(delivery.message().get("title")),
        delivery.createdAt(),
        incidents);
  }

  static Message test(String route, Instant now) {
    return new Message(
        "test-" + now.toEpochMilli(),
        route,
        "test",
        "This is a test of route '" + route + "'. Nothing is wrong.",
        now,
        List.of());
  }

  private static String title(What what, List<Incident> incidents) {
    String begin =
        switch (what) {
          case OPENED -> "";
          case REMINDER -> "Still open: ";
          case RECOVERED -> "Recovered: ";
        };
    Severity gravest =
        incidents.stream()
            .map(incident -> incident.cause().severity())
            .max(Comparator.naturalOrder())
            .orElse(Severity.WARNING);
    String names =
        incidents.stream()
            .map(incident -> incident.cause().subject())
            .distinct()
            .limit(MOST_NAMED)
            .map(Subject::toString)
            .collect(Collectors.joining(", "));
    long subjects =
        incidents.stream().map(incident -> incident.cause().subject()).distinct().count();
    String more = subjects > MOST_NAMED ? " and " + (subjects - MOST_NAMED) + " more" : "";
    String kinds =
        incidents.stream()
            .map(incident -> incident.cause().kind().label().replace('_', ' '))
            .distinct()
            .collect(Collectors.joining(", "));
    return begin + "[" + gravest.label() + "] " + kinds + ": " + names + more;
  }

  private static Map<String, Object> incident(Incident incident) {
    Cause cause = incident.cause();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", incident.id());
    map.put("episode", incident.episode());
    map.put("kind", cause.kind().label());
    map.put("severity", cause.severity().label());
    map.put("state", incident.state().label());
    map.put("subject", subject(cause.subject()));
    map.put("document", subject(cause.document()));
    map.put("owner", cause.owner());
    map.put("summary", cause.summary());
    map.put("facts", cause.facts());
    map.put("opened_at", incident.openedAt().toString());
    incident.resolvedAt().ifPresent(time -> map.put("resolved_at", time.toString()));
    return map;
  }

  private static Map<String, Object> subject(Subject subject) {
    return Map.of("kind", subject.kind().label(), "name", subject.name());
  }

  /** Returns the message as JSON, as webhooks get it. */
  String json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("route", route);
    map.put("what", what);
    map.put("title", title);
    map.put("at", at);
    map.put("incidents", incidents);
    return Json.write(map);
  }

  /** Returns one paragraph for each incident, as people read it. */
  List<String> paragraphs() {
    List<String> paragraphs = new ArrayList<>();
    for (Map<String, Object> incident : incidents) {
      Object owner = incident.get("owner");
      paragraphs.add(
          "Incident "
              + incident.get("id")
              + " ("
              + incident.get("kind")
              + ", "
              + incident.get("severity")
              + ("".equals(owner) ? "" : ", owner " + owner)
              + "): "
              + incident.get("summary"));
    }
    return paragraphs;
  }
}
