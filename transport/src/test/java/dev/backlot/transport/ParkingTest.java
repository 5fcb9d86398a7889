package dev.backlot.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ParkingTest {
  private final Parking parking = new Parking(2);

  @Test
  void only_a_checkpoint_that_began_behind_the_record_ends_the_job() {
    parking.begin(1);
    parking.end(1, new IllegalStateException("can't be read"));

    assertThatCode(() -> parking.complete(1)).doesNotThrowAnyException();
    parking.begin(2);
    parking.begin(3);
    assertThatThrownBy(() -> parking.complete(3)).hasMessage("can't be read");
  }

  @Test
  void other_partitions_go_on_and_the_first_reason_counts() {
    parking.end(1, new IllegalStateException("first"));
    parking.end(0, new IllegalStateException("second"));
    parking.begin(1);

    assertThat(new Parking(2).isParked(0)).isFalse();
    assertThat(parking.isParked(1)).isTrue();
    assertThatThrownBy(() -> parking.complete(1)).hasMessage("first");
  }

  @Test
  void a_partition_that_only_waits_for_a_plan_ends_nothing_and_is_told_once() {
    parking.park(1);
    parking.begin(1);

    assertThatCode(() -> parking.complete(1)).doesNotThrowAnyException();
    assertThat(parking.takeFresh()).containsExactly(1);
    assertThat(parking.takeFresh()).isEmpty();
    assertThat(parking.isParked(1)).isTrue();
  }
}
