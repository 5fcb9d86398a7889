package dev.backlot.controller.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.metadata.OriginStore.Origin;
import dev.backlot.metadata.SourceStore.SourceHead;
import dev.backlot.metadata.SourceStore.State;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocksTest {
  private static final String TALENT = "studio.public.talent";

  @Test
  void tagsFollowValuesAlongPublishedSourcesToTables() {
    Locks locks =
        locks(
            described(TALENT, "casting", Map.of("email", List.of("pii"), "id", List.of())),
            List.of(
                new Origin("source", "people", "mail", TALENT, "email"),
                new Origin("source", "people", "id", TALENT, "id"),
                new Origin("table", "studio.people", "contact", "people", "mail"),
                new Origin("table", "studio.people", "id", "people", "id")),
            Map.of());

    assertThat(locks.ofTable("studio.people")).containsOnlyKeys("contact");
    assertThat(locks.ofSource("people")).containsOnlyKeys("mail");
    assertThat(locks.ofTable("studio.people").get("contact"))
        .containsExactly(new Lock(TALENT, "email", Set.of("pii"), "casting"));
    assertThat(locks.ofTable("studio.other")).isEmpty();
  }

  @Test
  void aRenamedFieldStaysLocked() {
    Locks locks =
        locks(
            described(TALENT, "", Map.of("email", List.of("pii"))),
            List.of(),
            Map.of("contact", Set.of("email")));

    assertThat(locks.ofSource(TALENT)).containsOnlyKeys("email", "contact");
    assertThat(locks.owner(TALENT)).isEqualTo("production-systems");
  }

  @Test
  void originsThatGoInACircleEnd() {
    Locks locks =
        locks(
            described(TALENT, "", Map.of("email", List.of("pii"))),
            List.of(
                new Origin("source", "a", "x", "b", "x"),
                new Origin("source", "b", "x", "a", "x"),
                new Origin("source", "b", "x", TALENT, "email")),
            Map.of());

    assertThat(locks.ofSource("a")).containsOnlyKeys("x");
  }

  @Test
  void clearancesOpenLocksAndSoDoesTheOwningTeam() {
    Lock lock = new Lock(TALENT, "salary", Set.of("pii", "finance"), "casting");

    assertThat(lock.opensFor(caller(Set.of(), "pii"))).isFalse();
    assertThat(lock.missing(caller(Set.of(), "pii"))).containsExactly("finance");
    assertThat(lock.opensFor(caller(Set.of(), "pii", "finance"))).isTrue();
    assertThat(lock.opensFor(caller(Set.of(), Caller.ALL))).isTrue();
    assertThat(lock.opensFor(caller(Set.of("casting")))).isTrue();
    assertThat(lock.opensFor(caller(Set.of("editing")))).isFalse();
    assertThat(new Lock(TALENT, "salary", Set.of("pii"), "").opensFor(caller(Set.of(""))))
        .isFalse();
  }

  @Test
  void maskedValuesAreReplacedWhateverTheyAre() {
    Map<String, Object> row = new java.util.LinkedHashMap<>();
    row.put("id", 1);
    row.put("email", null);
    assertThat(Masks.hide(row, Set.of("email", "other")))
        .containsEntry("email", Masks.MASKED)
        .containsEntry("id", 1)
        .doesNotContainKey("other");
  }

  private static Caller caller(Set<String> teams, String... clearances) {
    return new Caller(
        "kim", Caller.Kind.PERSON, "", Set.of(Role.VIEWER), teams, Set.of(clearances), "");
  }

  private static Described described(String name, String owner, Map<String, List<String>> tags) {
    Map<String, FieldNote> fields = new java.util.TreeMap<>();
    tags.forEach((field, its) -> fields.put(field, new FieldNote("", "", its)));
    return new Described(name, 1, owner, "", "", fields);
  }

  private static Locks locks(
      Described described, List<Origin> origins, Map<String, Set<String>> former) {
    return new Locks(
        new Locks.Facts(
            List.of(
                new SourceHead(
                    TALENT,
                    "studio",
                    "",
                    "talent",
                    1,
                    State.STREAMING,
                    "",
                    List.of(1),
                    Instant.EPOCH)),
            Map.of(described.name(), described),
            Map.of("studio", "production-systems"),
            Map.of()),
        origins,
        source -> former);
  }
}
