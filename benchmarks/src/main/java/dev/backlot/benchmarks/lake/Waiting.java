package dev.backlot.benchmarks.lake;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for the product, a few minutes at most. */
final class Waiting {
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private Waiting() {}

  /** Something that becomes true. */
  interface Condition {
    boolean holds() throws Exception;
  }

  static void until(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
