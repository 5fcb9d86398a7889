package dev.backlot.engine.batch;

/**
 * Whether the other side is worth asking. It opens only when a control question has failed too;
 * then nothing is asked but control questions, after pauses that double, until one is answered. For
 * one thread.
 */
final class Breaker {
  private static final long FIRST_PAUSE = 1_000;
  private static final long LONGEST_PAUSE = 30_000;

  /** This many failures in a row, over all requests, call for a control question. */
  private static final int SUSPICIOUS = 5;

  private int failures;
  private boolean open;
  private boolean controlling;
  private long pause = FIRST_PAUSE;

  boolean isOpen() {
    return open;
  }

  /** Returns 0 for closed, 1 for half-open and 2 for open. */
  int state() {
    return open ? controlling ? 1 : 2 : 0;
  }

  void succeeded() {
    failures = 0;
  }

  /** A request failed for a passing reason; returns whether to ask a control question. */
  boolean failed() {
    return ++failures >= SUSPICIOUS && !controlling;
  }

  boolean isControlling() {
    return controlling;
  }

  void controlling() {
    controlling = true;
  }

  /** A control question was answered. */
  void close() {
    controlling = false;
    open = false;
    failures = 0;
    pause = FIRST_PAUSE;
  }

  /** A control question failed; returns how long to wait before the next. */
  long open() {
    controlling = false;
    open = true;
    long now = pause;
    pause = Math.min(LONGEST_PAUSE, pause * 2);
    return now;
  }
}
