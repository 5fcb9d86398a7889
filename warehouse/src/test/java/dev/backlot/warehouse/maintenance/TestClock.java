package dev.backlot.warehouse.maintenance;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The present, and as much later as a test says. */
final class TestClock extends Clock {
  private Duration later = Duration.ZERO;

  void advance(Duration by) {
    later = later.plus(by);
  }

  void set(Instant instant) {
    later = Duration.between(Instant.now(), instant);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(later);
  }
}
