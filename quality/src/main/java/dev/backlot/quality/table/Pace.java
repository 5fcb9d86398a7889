package dev.backlot.quality.table;

/** Lets no more than some rows a second pass. For one thread. */
final class Pace {
  private static final int STEP = 1_000;

  private final long rowsPerSecond;
  private final long begin = System.nanoTime();
  private long rows;

  /** Begins; 0 for no limit. */
  Pace(long rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  void next() {
    if (++rows % STEP != 0 || rowsPerSecond <= 0) {
      return;
    }
    long early = rows * 1_000_000_000L / rowsPerSecond - (System.nanoTime() - begin);
    if (early > 0) {
      try {
        Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while a table was read", e);
      }
    }
  }
}
