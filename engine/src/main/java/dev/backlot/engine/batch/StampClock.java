package dev.backlot.engine.batch;

import java.util.function.LongSupplier;

/**
 * Wall-clock time in microseconds that never stands still: each stamp is later than every one
 * before, however coarse the machine's clock is or wherever it is set. For one thread.
 */
final class StampClock {
  private final LongSupplier micros;
  private long last;

  StampClock(LongSupplier micros) {
    this.micros = micros;
  }

  /** Returns now. */
  long next() {
    last = Math.max(last + 1, micros.getAsLong());
    return last;
  }

  /** Makes later stamps be later than this one. */
  void passed(long stamp) {
    last = Math.max(last, stamp);
  }
}
