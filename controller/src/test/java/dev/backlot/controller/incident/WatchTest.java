package dev.backlot.controller.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.incident.Watch.Decision;
import dev.backlot.metadata.IncidentStore.Cause;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.IncidentStore.State;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WatchTest {
  private static final Instant BEGIN = Instant.parse("2026-01-31T12:00:00Z");
  private static final Subject STUDIO = Subject.connection("studio");
  private final Watch watch = new Watch();

  private static Condition condition(AlertKind kind, Instant since) {
    return Condition.of(kind, STUDIO, Severity.CRITICAL, "It is away.", Map.of("tries", 3), since);
  }

  private static Incident incident(AlertKind kind, boolean held, int episode) {
    Cause cause =
        new Cause(
            kind, STUDIO, STUDIO, Severity.CRITICAL, "", "It is away.", Map.of("tries", 3L), BEGIN);
    return new Incident(
        7, cause, State.OPEN, held, episode, BEGIN, BEGIN, Optional.empty(), Optional.empty());
  }

  private List<Decision> look(int second, List<Condition> current, List<Incident> unresolved) {
    return watch.look(BEGIN.plusSeconds(second), current, unresolved, (kind, subject) -> true);
  }

  @Test
  void what_holds_for_its_patience_is_an_incident() {
    List<Condition> away = List.of(condition(AlertKind.CONNECTION_RETRYING, BEGIN));

    assertThat(look(0, away, List.of())).isEmpty();
    assertThat(look(18, away, List.of())).isEmpty();
    assertThat(look(20, away, List.of()))
        .singleElement()
        .isInstanceOfSatisfying(
            Decision.Open.class, open -> assertThat(open.condition().subject()).isEqualTo(STUDIO));
  }

  @Test
  void a_blip_is_none() {
    List<Condition> away = List.of(condition(AlertKind.DATA_PLANE_UNREACHABLE, BEGIN));
    look(0, away, List.of());
    look(12, List.of(), List.of());

    assertThat(
            look(
                14,
                List.of(condition(AlertKind.DATA_PLANE_UNREACHABLE, BEGIN.plusSeconds(14))),
                List.of()))
        .isEmpty();
    assertThat(
            look(
                24,
                List.of(condition(AlertKind.DATA_PLANE_UNREACHABLE, BEGIN.plusSeconds(14))),
                List.of()))
        .isEmpty();
  }

  @Test
  void what_was_so_before_our_start_must_be_seen_for_as_long() {
    List<Condition> stale =
        List.of(condition(AlertKind.CONNECTION_RETRYING, BEGIN.minusSeconds(3600)));

    assertThat(look(0, stale, List.of())).isEmpty();
    assertThat(look(18, stale, List.of())).isEmpty();
    assertThat(look(20, stale, List.of())).hasSize(1);
  }

  @Test
  void what_needs_no_patience_is_an_incident_at_once() {
    assertThat(look(0, List.of(condition(AlertKind.SLOT_LOST, BEGIN)), List.of())).hasSize(1);
  }

  @Test
  void an_incident_is_over_when_its_cause_has_been_away_for_a_while() {
    Incident held = incident(AlertKind.CONNECTION_RETRYING, true, 1);
    Incident missed = incident(AlertKind.CONNECTION_RETRYING, false, 1);

    assertThat(look(0, List.of(), List.of(held))).containsExactly(new Decision.SetAbsent(held));
    assertThat(look(8, List.of(), List.of(missed))).isEmpty();
    assertThat(look(10, List.of(), List.of(missed))).containsExactly(new Decision.Resolve(missed));
  }

  @Test
  void what_came_back_must_stay_away_for_longer() {
    Incident third = incident(AlertKind.CONNECTION_RETRYING, false, 3);
    look(0, List.of(), List.of(third));

    assertThat(look(38, List.of(), List.of(third))).isEmpty();
    assertThat(look(40, List.of(), List.of(third))).hasSize(1);
    assertThat(Watch.calm(50)).hasMinutes(5);
  }

  @Test
  void what_cannot_be_told_stays_as_it_is() {
    Incident held = incident(AlertKind.PIPELINE_LAG, true, 1);

    watch.look(BEGIN, List.of(), List.of(held), (kind, subject) -> false);
    List<Decision> later =
        watch.look(BEGIN.plusSeconds(600), List.of(), List.of(held), (kind, subject) -> false);

    assertThat(later).isEmpty();
  }

  @Test
  void an_open_incident_takes_new_facts_but_not_at_every_look() {
    Incident held = incident(AlertKind.CONNECTION_RETRYING, true, 1);
    Condition same = condition(AlertKind.CONNECTION_RETRYING, BEGIN);
    Condition other =
        Condition.of(
            AlertKind.CONNECTION_RETRYING, STUDIO, Severity.CRITICAL, "Else.", Map.of(), BEGIN);

    assertThat(look(20, List.of(same), List.of(held))).isEmpty();
    assertThat(look(8, List.of(other), List.of(held))).isEmpty();
    assertThat(look(12, List.of(other), List.of(held)))
        .containsExactly(new Decision.Update(held, other));
  }
}
