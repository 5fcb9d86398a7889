package dev.backlot.studio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.studio.Rows.CastMember;
import dev.backlot.studio.Rows.Deal;
import dev.backlot.studio.Rows.Movie;
import dev.backlot.studio.Rows.Phase;
import dev.backlot.studio.Rows.ScheduleDay;
import dev.backlot.studio.Rows.Talent;
import dev.backlot.studio.Rows.Vendor;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SlateTest {
  private static final Instant NOW = Instant.parse("2026-03-04T10:11:12.345678Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 4);

  private final Slate slate = Slate.invent(Words.load(), 7, NOW);

  @Test
  void the_same_seed_gives_the_same_rows_and_another_seed_others() {
    assertThat(Slate.invent(Words.load(), 7, NOW)).isEqualTo(slate);
    assertThat(Slate.invent(Words.load(), 8, NOW)).isNotEqualTo(slate);
  }

  @Test
  void keys_are_unique_and_references_lead_somewhere() {
    Set<Long> movies = slate.movies().stream().map(Movie::movieId).collect(Collectors.toSet());
    Set<Long> people = slate.talent().stream().map(Talent::talentId).collect(Collectors.toSet());
    assertThat(movies).hasSameSizeAs(slate.movies());
    assertThat(people).hasSameSizeAs(slate.talent());
    assertThat(slate.deals()).extracting(Deal::dealId).doesNotHaveDuplicates();
    assertThat(slate.vendors()).extracting(Vendor::vendorCode).doesNotHaveDuplicates();
    assertThat(slate.cast())
        .extracting(c -> List.of(c.movieId(), c.talentId()))
        .doesNotHaveDuplicates();
    assertThat(movies).containsAll(slate.cast().stream().map(CastMember::movieId).toList());
    assertThat(people).containsAll(slate.deals().stream().map(Deal::talentId).toList());
  }

  @Test
  void productions_stand_in_every_phase_and_their_days_are_around_today() {
    assertThat(slate.movies()).extracting(Movie::phase).contains(Phase.values());
    Set<Long> shooting =
        slate.movies().stream()
            .filter(m -> m.phase() == Phase.SHOOT)
            .map(Movie::movieId)
            .collect(Collectors.toSet());
    List<ScheduleDay> days =
        slate.scheduleDays().stream().filter(d -> shooting.contains(d.movieId())).toList();
    assertThat(days).extracting(ScheduleDay::workDate).anyMatch(TODAY::isAfter);
    assertThat(days).extracting(ScheduleDay::workDate).anyMatch(TODAY::isBefore);
    assertThat(days)
        .allSatisfy(
            d -> assertThat(d.workDate()).isBetween(TODAY.minusDays(60), TODAY.plusDays(90)));
    assertThat(days)
        .filteredOn(d -> d.status().equals("WRAPPED"))
        .allSatisfy(d -> assertThat(d.workDate()).isBefore(TODAY));
  }

  @Test
  void signed_deals_and_only_they_have_a_time_of_signature() {
    assertThat(slate.deals())
        .allSatisfy(d -> assertThat(d.signedAt() != null).isEqualTo(d.status().equals("SIGNED")));
    assertThat(slate.deals())
        .filteredOn(d -> d.signedAt() != null)
        .allSatisfy(d -> assertThat(d.signedAt()).isBetween(d.sentAt(), NOW));
  }

  @Test
  void people_come_from_everywhere() {
    assertThat(slate.talent())
        .extracting(Talent::displayName)
        .anyMatch(name -> name.contains("Þ"))
        .anyMatch(name -> name.contains("’") || name.contains("'"))
        .anyMatch(name -> name.contains("ā"))
        .allMatch(name -> !name.isBlank() && name.equals(name.strip()) && !name.contains("-,"));
    assertThat(slate.talent()).extracting(Talent::homeCity).contains("Lagos", "Łódź", "Seoul");
  }
}
