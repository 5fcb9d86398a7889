package dev.backlot.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ParkingTest {
  private final Parking parking = new Parking(2);

  @Test
  void onlyACheckpointThatBeganBehindTheRecordEndsTheJob() {
    parking.begin(1);
    parking.park(1, new UncoveredSchemaException("movie", 1, 17, 9));

    assertThatCode(() -> parking.complete(1)).doesNotThrowAnyException();
    parking.begin(2);
    parking.begin(3);
    assertThatThrownBy(() -> parking.complete(3)).hasMessageContaining("'movie/1/17'");
  }

  @Test
  void otherPartitionsGoOnAndTheFirstReasonCounts() {
    parking.park(1, new IllegalStateException("first"));
    parking.park(0, new IllegalStateException("second"));
    parking.begin(1);

    assertThat(new Parking(2).isParked(0)).isFalse();
    assertThat(parking.isParked(1)).isTrue();
    assertThatThrownBy(() -> parking.complete(1)).hasMessage("first");
  }

  @Test
  void nothingParkedNothingEnds() {
    parking.begin(1);

    assertThatCode(() -> parking.complete(1)).doesNotThrowAnyException();
  }
}
