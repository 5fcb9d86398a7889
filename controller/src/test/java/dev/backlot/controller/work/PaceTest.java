package dev.backlot.controller.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.work.WorkItem.Eta;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PaceTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:00Z");

  @Test
  void there_is_no_arrival_in_the_first_half_minute() {
    Pace pace = new Pace(BEGIN, 0);
    pace.see(BEGIN.plusSeconds(20), 2_000);

    assertThat(pace.rate()).contains(100.0);
    assertThat(pace.eta(BEGIN.plusSeconds(20), BEGIN, 2_000, 10_000)).isEmpty();
  }

  @Test
  void steady_work_arrives_at_one_time_and_uneven_work_within_a_range() {
    Pace steady = new Pace(BEGIN, 0);
    for (int second = 10; second <= 100; second += 10) {
      steady.see(BEGIN.plusSeconds(second), second * 100L);
    }
    assertThat(steady.eta(BEGIN.plusSeconds(100), BEGIN, 10_000, 20_000))
        .contains(new Eta(100, 100));

    Pace uneven = new Pace(BEGIN, 0);
    for (int second = 10; second <= 120; second += 10) {
      uneven.see(
          BEGIN.plusSeconds(second), second <= 60 ? second * 10L : 600 + (second - 60) * 90L);
    }
    Eta range = uneven.eta(BEGIN.plusSeconds(120), BEGIN, 6_000, 12_000).orElseThrow();
    assertThat(range.fromSeconds()).isLessThan(80);
    assertThat(range.toSeconds()).isEqualTo(120);
  }

  @Test
  void what_stands_still_says_since_when_and_has_no_arrival() {
    Pace pace = new Pace(BEGIN, 0);
    pace.see(BEGIN.plusSeconds(10), 500);
    for (int second = 20; second <= 200; second += 20) {
      pace.see(BEGIN.plusSeconds(second), 500);
    }

    assertThat(pace.stillSince(BEGIN.plusSeconds(100))).isEmpty();
    assertThat(pace.stillSince(BEGIN.plusSeconds(200))).contains(BEGIN.plusSeconds(10));
    assertThat(pace.eta(BEGIN.plusSeconds(200), BEGIN, 500, 1_000)).isEmpty();
  }
}
