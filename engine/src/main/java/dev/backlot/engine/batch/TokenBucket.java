package dev.backlot.engine.batch;

/**
 * Lets through so many per second on average, and at most one second's worth at once. One that is
 * larger than what is there may pass and leaves a debt, so that nothing is too large for ever. For
 * one thread.
 */
final class TokenBucket {
  private final double perMilli;
  private final double most;
  private double tokens;
  private long lastMillis;

  TokenBucket(double perSecond, long nowMillis) {
    this.perMilli = perSecond / 1000;
    this.most = Math.max(1, perSecond);
    this.tokens = most;
    this.lastMillis = nowMillis;
  }

  /** Returns how long to wait until something may pass; zero when it may now. */
  long waitMillis(long nowMillis) {
    refill(nowMillis);
    double needed = Math.min(1, most) - tokens;
    return needed <= 0 ? 0 : (long) Math.ceil(needed / perMilli);
  }

  /** Something passes. */
  void take(int count, long nowMillis) {
    refill(nowMillis);
    tokens -= count;
  }

  private void refill(long nowMillis) {
    if (nowMillis > lastMillis) {
      tokens = Math.min(most, tokens + (nowMillis - lastMillis) * perMilli);
      lastMillis = nowMillis;
    }
  }
}
