package dev.backlot.capture.postgres.dump;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** How many rows were read in the last seconds. Not thread-safe. */
final class RateWindow {
  private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long since;
  private long rows;

  private record Sample(long at, long rows) {}

  /** Begins to measure. */
  RateWindow(long now) {
    this.since = now;
  }

  /** Counts rows that were read by now. */
  void add(long now, long more) {
    samples.add(new Sample(now, more));
    rows += more;
    while (samples.size() > 1 && now - samples.peekFirst().at() > SPAN_NANOS) {
      Sample old = samples.removeFirst();
      rows -= old.rows();
      since = old.at();
    }
  }

  /** Returns how many rows the window holds. */
  long rows() {
    return rows;
  }

  /** Returns how long the window is, from its beginning to the newest rows. */
  long millis() {
    Sample newest = samples.peekLast();
    return newest == null ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(newest.at() - since));
  }
}
