package dev.backlot.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RowComparisonsTest {
  @Test
  void values_that_two_databases_print_in_their_own_ways_are_the_same() {
    assertThat(RowComparisons.same("t", "true")).isTrue();
    assertThat(RowComparisons.same("12.50", "12.5")).isTrue();
    assertThat(RowComparisons.same("2026-01-01 10:00:00+00", "2026-01-01T10:00:00Z")).isTrue();
    assertThat(RowComparisons.same(null, null)).isTrue();
  }

  @Test
  void values_that_are_not_the_same_differ() {
    assertThat(RowComparisons.same("12.50", "12.51")).isFalse();
    assertThat(RowComparisons.same("Alien", "Aliens")).isFalse();
    assertThat(RowComparisons.same(null, "")).isFalse();
    assertThat(RowComparisons.same("f", "true")).isFalse();
  }
}
