package dev.backlot.controller.incident;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Callers;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.IncidentStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What people do about incidents; each call returns the incident with its history. */
@RestController
public final class IncidentResource {
  private static final Duration LONGEST_SNOOZE = Duration.ofDays(30);

  private final IncidentStore incidents;
  private final IncidentItems items;

  /** Changes the stored incidents. */
  public IncidentResource(MetadataDatabase metadata, IncidentItems items) {
    this.incidents = metadata.incidents();
    this.items = items;
  }

  /**
   * What somebody does.
   *
   * @param author who it is, when the caller is only the one who runs the platform
   * @param message why, for others to read
   * @param time how long it is to be quiet, such as {@code 2h}; for snoozing
   * @param owner who answers for it; for assigning
   */
  record Request(
      @Nullable String author,
      @Nullable String message,
      @Nullable String time,
      @Nullable String owner) {
    String by() {
      Caller caller = Callers.current();
      return author != null && !author.isEmpty() && caller.name().equals(Caller.OPERATOR)
          ? author
          : caller.name();
    }

    String why() {
      return message == null ? "" : message;
    }
  }

  /** One change of an incident that is not over. */
  private interface Change {
    boolean apply(long id);
  }

  @PostMapping("/api/v1/incidents/{id}/acknowledge")
  Item acknowledge(@PathVariable String id, @RequestBody Request request) {
    return change(
        "acknowledge", id, number -> incidents.acknowledge(number, request.by(), request.why()));
  }

  @PostMapping("/api/v1/incidents/{id}/snooze")
  Item snooze(@PathVariable String id, @RequestBody Request request) {
    Optional<Duration> time =
        Optional.ofNullable(request.time())
            .flatMap(Quantities::parseDuration)
            .filter(found -> !found.isZero() && found.compareTo(LONGEST_SNOOZE) <= 0);
    if (time.isEmpty()) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot snooze incident '"
              + id
              + "': '"
              + request.time()
              + "' is not a time up to 30d. Use one such as 30m, 2h or 1d.");
    }
    return change(
        "snooze", id, number -> incidents.snooze(number, time.get(), request.by(), request.why()));
  }

  @PostMapping("/api/v1/incidents/{id}/assign")
  Item assign(@PathVariable String id, @RequestBody Request request) {
    String owner = request.owner();
    if (owner == null || owner.isBlank()) {
      throw new ProblemException(
          ProblemCode.SPEC_MISSING_FIELD,
          "Cannot assign incident '" + id + "': nobody is named. Give an 'owner'.");
    }
    return change(
        "assign",
        id,
        number -> incidents.assign(number, owner.strip(), request.by(), request.why()));
  }

  @PostMapping("/api/v1/incidents/{id}/resolve")
  Item resolve(@PathVariable String id, @RequestBody Request request) {
    Optional<Incident> held =
        IncidentItems.number(id).flatMap(incidents::find).filter(Incident::held);
    if (held.isPresent()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot resolve incident '"
              + id
              + "': its cause is still there, and it would be opened again. Mend the cause, then it"
              + " is resolved by itself; or acknowledge or snooze it.");
    }
    return change("resolve", id, number -> incidents.resolve(number, request.by(), request.why()));
  }

  private Item change(String verb, String id, Change change) {
    Optional<Long> number = IncidentItems.number(id);
    if (number.isPresent() && change.apply(number.get())) {
      return items.find(id, Effort.CHEAP).orElseThrow(() -> missing(verb, id));
    }
    boolean over =
        number
            .flatMap(incidents::find)
            .filter(found -> found.state() == State.RESOLVED)
            .isPresent();
    if (over) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot "
              + verb
              + " incident '"
              + id
              + "': it is over. See `backlot describe incident "
              + id
              + "`.");
    }
    throw missing(verb, id);
  }

  private static ProblemException missing(String verb, String id) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot "
            + verb
            + " incident '"
            + id
            + "': there is none of this number. See `backlot get incidents`.");
  }
}
