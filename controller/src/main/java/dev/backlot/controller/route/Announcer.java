package dev.backlot.controller.route;

import dev.backlot.metadata.DeliveryStore;
import dev.backlot.metadata.DeliveryStore.Told;
import dev.backlot.metadata.DeliveryStore.What;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Cause;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.IncidentStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.RouteSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares what routes should know with what they were told, and puts messages on their way. What
 * happens to one document within a few seconds is one message; while something is wrong with the
 * platform, everything is. Run by the leader after each look at incidents; doing it twice tells
 * nothing twice.
 */
public final class Announcer implements Runnable {
  private static final Duration GATHERING = Duration.ofSeconds(5);

  private final Routes routes;
  private final IncidentStore incidents;
  private final DeliveryStore deliveries;
  private final PipelineStore clock;

  /** Tells the declared routes. */
  public Announcer(MetadataDatabase metadata) {
    this.routes = new Routes(metadata.documents());
    this.incidents = metadata.incidents();
    this.deliveries = metadata.deliveries();
    this.clock = metadata.pipelines();
  }

  @Override
  public void run() {
    List<RouteSpec> declared = routes.list();
    if (declared.isEmpty()) {
      return;
    }
    List<Incident> unresolved = incidents.unresolved();
    List<Told> told = deliveries.told();
    Instant now = clock.now();
    boolean platform =
        unresolved.stream().anyMatch(i -> i.cause().document().equals(Subject.PLATFORM));
    for (RouteSpec route : declared) {
      Map<Long, Told> known = new HashMap<>();
      told.stream()
          .filter(notice -> notice.notice().route().equals(route.name()))
          .forEach(notice -> known.put(notice.incident().id(), notice));
      send(route, What.OPENED, opened(route, unresolved, known), platform, now);
      send(route, What.REMINDER, unattended(route, known, now), platform, now);
      send(route, What.RECOVERED, over(known), platform, now);
    }
  }

  private static List<Incident> opened(
      RouteSpec route, List<Incident> unresolved, Map<Long, Told> known) {
    return unresolved.stream()
        .filter(incident -> incident.state() == State.OPEN && !known.containsKey(incident.id()))
        .filter(
            incident -> {
              Cause cause = incident.cause();
              return route
                  .match()
                  .includes(cause.owner(), cause.severity(), cause.kind(), cause.document());
            })
        .toList();
  }

  private static List<Incident> unattended(RouteSpec route, Map<Long, Told> known, Instant now) {
    Optional<Duration> after = route.reminder();
    return known.values().stream()
        .filter(told -> told.incident().state() == State.OPEN)
        .filter(told -> after.isPresent() && told.notice().toldAt().plus(after.get()).isBefore(now))
        .map(Told::incident)
        .toList();
  }

  private static List<Incident> over(Map<Long, Told> known) {
    return known.values().stream()
        .filter(told -> told.incident().state() == State.RESOLVED && !told.notice().recovered())
        .map(Told::incident)
        .toList();
  }

  private void send(RouteSpec route, What what, List<Incident> due, boolean platform, Instant now) {
    Function<Incident, Subject> group =
        incident -> platform ? Subject.PLATFORM : incident.cause().document();
    Map<Subject, List<Incident>> groups = new LinkedHashMap<>();
    due.forEach(
        incident ->
            groups
                .computeIfAbsent(group.apply(incident), unseen -> new ArrayList<>())
                .add(incident));
    for (List<Incident> together : groups.values()) {
      if (isGathered(what, together, now)) {
        deliveries.send(route.name(), what, together, Message.content(what, together));
      }
    }
  }

  /** What belongs together comes one after the other. */
  private static boolean isGathered(What what, List<Incident> together, Instant now) {
    return together.stream()
        .map(
            incident ->
                what == What.RECOVERED ? incident.resolvedAt().orElse(now) : incident.openedAt())
        .anyMatch(time -> !time.plus(GATHERING).isAfter(now));
  }
}
