package dev.backlot.capture.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void rows_are_let_through_at_their_rate_and_large_ones_count_as_several() throws Exception {
    Pace pace = new Pace(1_000);

    pace.await(100, 5_000);
    assertThat(pace.elapsedMillis()).isBetween(100L, 2_000L);
    pace.await(1, 200 * 1_024);
    assertThat(pace.elapsedMillis()).isGreaterThanOrEqualTo(300);
    assertThat(pace.within(8, 1_000_000)).isEqualTo(8_000);
    assertThat(pace.within(8, 50)).isEqualTo(50);
  }

  @Test
  void without_a_rate_nothing_waits() throws Exception {
    Pace pace = new Pace(0);

    pace.await(1_000_000_000, 0);

    assertThat(pace.elapsedMillis()).isLessThan(60_000);
    assertThat(pace.within(8, 1_000_000)).isEqualTo(1_000_000);
  }
}
