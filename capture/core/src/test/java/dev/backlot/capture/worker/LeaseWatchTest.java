package dev.backlot.capture.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.metadata.CaptureStore.LeaseRow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseWatchTest {
  private long now = Long.MAX_VALUE - 5;
  private final LeaseWatch watch = new LeaseWatch(() -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void a_lease_that_nobody_renews_for_longer_than_it_lives_is_stale() {
    LeaseRow lease = new LeaseRow(3, "2031-01-01 00:00:00+00");
    assertThat(watch.stale(lease)).isEmpty();
    pass(Duration.ofMillis(4_900));
    assertThat(watch.stale(lease)).isEmpty();
    pass(Duration.ofMillis(200));
    assertThat(watch.stale(lease)).contains(lease);
  }

  @Test
  void a_renewal_and_another_owner_begin_the_wait_anew() {
    watch.stale(new LeaseRow(3, "2031-01-01 00:00:00+00"));
    pass(Duration.ofSeconds(4));
    assertThat(watch.stale(new LeaseRow(3, "2030-12-31 23:00:01+00"))).isEmpty();
    pass(Duration.ofSeconds(4));
    assertThat(watch.stale(new LeaseRow(4, "2030-12-31 23:00:01+00"))).isEmpty();
    pass(Duration.ofSeconds(7));
    assertThat(watch.stale(new LeaseRow(4, "2030-12-31 23:00:01+00"))).isPresent();
  }
}
