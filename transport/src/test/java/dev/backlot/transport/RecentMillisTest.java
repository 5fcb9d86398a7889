package dev.backlot.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.metrics.HistogramStatistics;
import org.junit.jupiter.api.Test;

final class RecentMillisTest {
  private long now;
  private final RecentMillis recent = new RecentMillis(100, () -> now);

  @Test
  void the_newest_count_whatever_their_order() {
    for (int i = 0; i < 50; i++) {
      recent.update(1_000_000);
    }
    for (int i = 100; i >= 1; i--) {
      recent.update(i);
    }

    HistogramStatistics statistics = recent.getStatistics();

    assertThat(recent.getCount()).isEqualTo(150);
    assertThat(statistics.size()).isEqualTo(100);
    assertThat(statistics.getQuantile(0.5)).isEqualTo(50);
    assertThat(statistics.getQuantile(0.99)).isEqualTo(99);
    assertThat(statistics.getMin()).isEqualTo(1);
    assertThat(statistics.getMax()).isEqualTo(100);
    assertThat(statistics.getMean()).isEqualTo(50.5);
  }

  @Test
  void what_is_older_than_ten_minutes_is_forgotten() {
    recent.update(9_000);
    now += Duration.ofMinutes(9).toNanos();
    recent.update(5);

    assertThat(recent.getStatistics().getValues()).containsExactly(5, 9_000);
    now += Duration.ofMinutes(2).toNanos();
    assertThat(recent.getStatistics().getValues()).containsExactly(5);
    now += Duration.ofHours(1).toNanos();
    assertThat(recent.getStatistics().size()).isZero();
  }
}
