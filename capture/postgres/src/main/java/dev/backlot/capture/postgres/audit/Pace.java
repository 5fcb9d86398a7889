package dev.backlot.capture.postgres.audit;

import java.util.concurrent.TimeUnit;

/** Keeps a read to so many rows in a second. For the thread that reads. */
final class Pace {
  private static final long BYTES_PER_ROW = 1024;

  private final long perSecond;
  private final long start = System.nanoTime();
  private long spent;

  /**
   * Begins now.
   *
   * @param perSecond 0 for no limit
   */
  Pace(long perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * Waits until rows that were read are within the limit. A row of more than 1 KiB counts as
   * several.
   */
  void await(long rows, long bytes) throws InterruptedException {
    if (perSecond <= 0) {
      return;
    }
    spent += Math.max(rows, bytes / BYTES_PER_ROW);
    long due = start + spent * TimeUnit.SECONDS.toNanos(1) / perSecond;
    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
  }

  /**
   * Returns how many rows the limit lets pass in some seconds, at least 1 and at most this many.
   */
  long within(long seconds, long most) {
    return perSecond <= 0 ? most : Math.max(1, Math.min(most, perSecond * seconds));
  }

  long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
