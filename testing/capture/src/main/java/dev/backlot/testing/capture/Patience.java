package dev.backlot.testing.capture;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what other processes do. */
public final class Patience {
  private static final long LOOK_MILLIS = 10;

  private Patience() {}

  /**
   * Waits until something is there, and returns it.
   *
   * @throws IllegalStateException when it is not there in time
   */
  public static <T> T await(String what, Duration atMost, Callable<Optional<T>> look)
      throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      Optional<T> found = look.call();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("Waited " + atMost.toSeconds() + " s in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Waits until something is so. */
  public static void until(String what, Duration atMost, Callable<Boolean> look) throws Exception {
    await(what, atMost, () -> look.call() ? Optional.of(true) : Optional.empty());
  }
}
