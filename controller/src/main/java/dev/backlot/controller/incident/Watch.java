package dev.backlot.controller.incident;

import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides when conditions become incidents and when incidents are over, so that the blips of a
 * restart are neither. Pure but for what it remembers of earlier looks. For one thread.
 */
final class Watch {
  private static final Duration CALM = Duration.ofSeconds(10);
  private static final Duration LONGEST_CALM = Duration.ofMinutes(5);
  private static final Duration REFRESH = Duration.ofSeconds(10);

  private final Map<Id, Instant> seen = new HashMap<>();
  private final Map<Id, Instant> absent = new HashMap<>();

  /** What names an incident. */
  record Id(AlertKind kind, Subject subject) {
    static Id of(Condition condition) {
      return new Id(condition.kind(), condition.subject());
    }

    static Id of(Incident incident) {
      return new Id(incident.cause().kind(), incident.cause().subject());
    }
  }

  /** What to do. */
  sealed interface Decision {
    /** It has held long enough. */
    record Open(Condition condition) implements Decision {}

    /** It still holds, and is not as the incident says. */
    record Update(Incident incident, Condition condition) implements Decision {}

    /** It does not hold for now. */
    record SetAbsent(Incident incident) implements Decision {}

    /** It has not held for long enough. */
    record Resolve(Incident incident) implements Decision {}
  }

  /** Says whether what was not found is really not there. */
  interface Certainty {
    boolean canTell(AlertKind kind, Subject subject);
  }

  /** Forgets earlier looks: others have looked meanwhile. */
  void reset() {
    seen.clear();
    absent.clear();
  }

  /**
   * Looks once.
   *
   * @param current everything that holds
   * @param unresolved every incident that is not over
   */
  List<Decision> look(
      Instant now, List<Condition> current, List<Incident> unresolved, Certainty certainty) {
    Map<Id, Incident> incidents = new HashMap<>();
    unresolved.forEach(incident -> incidents.put(Id.of(incident), incident));
    List<Decision> decisions = new ArrayList<>();
    Set<Id> holding = new HashSet<>();
    for (Condition condition : current) {
      Id id = Id.of(condition);
      if (!holding.add(id)) {
        continue;
      }
      absent.remove(id);
      Instant first = seen.computeIfAbsent(id, unseen -> now);
      Incident incident = incidents.get(id);
      if (incident != null) {
        if (differs(incident, condition, now)) {
          decisions.add(new Decision.Update(incident, condition));
        }
      } else if (isDue(condition, first, now)) {
        decisions.add(new Decision.Open(condition));
      }
    }
    seen.keySet().removeIf(id -> !holding.contains(id) && certainty.canTell(id.kind, id.subject));
    incidents.keySet().removeAll(holding);
    absent.keySet().retainAll(incidents.keySet());
    incidents.forEach((id, incident) -> missed(id, incident, now, certainty, decisions));
    return decisions;
  }

  /**
   * What a status says from before we looked may be about to change, as after a restart of
   * everything; so only what we have seen ourselves counts.
   */
  private static boolean isDue(Condition condition, Instant first, Instant now) {
    return !first.plus(condition.kind().patience()).isAfter(now);
  }

  private static boolean differs(Incident incident, Condition condition, Instant now) {
    boolean refreshed = incident.updatedAt().plus(REFRESH).isAfter(now);
    return !incident.held()
        || condition.severity() != incident.cause().severity()
        || !refreshed
            && (!condition.summary().equals(incident.cause().summary())
                || !texts(condition.facts()).equals(texts(incident.cause().facts())));
  }

  /** A number is of another type when it comes back from the database. */
  private static Map<String, String> texts(Map<String, Object> facts) {
    Map<String, String> texts = new HashMap<>();
    facts.forEach((name, fact) -> texts.put(name, String.valueOf(fact)));
    return texts;
  }

  private void missed(
      Id id, Incident incident, Instant now, Certainty certainty, List<Decision> decisions) {
    if (!certainty.canTell(id.kind, id.subject)) {
      absent.remove(id);
      return;
    }
    Instant since = absent.computeIfAbsent(id, unseen -> now);
    if (!since.plus(calm(incident.episode())).isAfter(now)) {
      decisions.add(new Decision.Resolve(incident));
    } else if (incident.held()) {
      decisions.add(new Decision.SetAbsent(incident));
    }
  }

  /** What came back before must stay away for longer each time. */
  static Duration calm(int episode) {
    Duration calm = CALM.multipliedBy(1L << Math.min(episode - 1, 10));
    return calm.compareTo(LONGEST_CALM) > 0 ? LONGEST_CALM : calm;
  }
}
