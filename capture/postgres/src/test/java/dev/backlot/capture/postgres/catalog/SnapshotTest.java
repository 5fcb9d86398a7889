package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotTest {
  @Test
  void a_transaction_is_seen_below_xmin_or_when_it_was_not_running() {
    Snapshot snapshot = Snapshot.parse("10:20:12,15");
    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(12)).isFalse();
    assertThat(snapshot.sees(13)).isTrue();
    assertThat(snapshot.sees(20)).isFalse();
    assertThat(Snapshot.parse("10:10:").sees(9)).isTrue();
  }

  @Test
  void the_logs_32_bits_are_widened_to_the_nearest_number() {
    long epoch = 3L << 32;
    Snapshot snapshot = Snapshot.parse((epoch + 5) + ":" + (epoch + 9) + ":" + (epoch + 7));
    assertThat(snapshot.sees(4)).isTrue();
    assertThat(snapshot.sees(7)).isFalse();
    assertThat(snapshot.sees(0xfffffff0L)).as("just before the wrap").isTrue();
    Snapshot before = Snapshot.parse((epoch - 20) + ":" + (epoch - 10) + ":");
    assertThat(before.sees(3)).as("just after the wrap").isFalse();
    assertThat(before.sees(0xffffffecL - 1)).isTrue();
  }
}
