package dev.backlot.capture.worker;

import dev.backlot.metadata.CaptureStore;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The right to capture a connection, for five seconds unless renewed. Whoever holds it knows
 * without asking whether it may have ended: the local clock starts before the database's does.
 */
final class Lease {
  static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final long MARGIN_NANOS = Duration.ofMillis(500).toNanos();

  private final CaptureStore store;
  private final String connection;
  private final long generation;
  private volatile long heldUntil;
  private volatile boolean lost;

  private Lease(CaptureStore store, String connection, long generation, long heldUntil) {
    this.store = store;
    this.connection = connection;
    this.generation = generation;
    this.heldUntil = heldUntil;
  }

  /**
   * Takes a lease that is free.
   *
   * @param patience how long it must have been free
   */
  static Optional<Lease> acquire(
      CaptureStore store, String connection, String owner, Duration patience) {
    long start = System.nanoTime();
    return of(
        store, connection, store.acquireLease(connection, owner, LIFETIME, patience), end(start));
  }

  /** Takes a lease that its holder does not renew, when it still stands as it was seen. */
  static Optional<Lease> seize(
      CaptureStore store, String connection, String owner, CaptureStore.LeaseRow stale) {
    long start = System.nanoTime();
    return of(store, connection, store.seizeLease(connection, owner, LIFETIME, stale), end(start));
  }

  private static Optional<Lease> of(
      CaptureStore store, String connection, OptionalLong generation, long heldUntil) {
    return generation.isPresent()
        ? Optional.of(new Lease(store, connection, generation.getAsLong(), heldUntil))
        : Optional.empty();
  }

  long generation() {
    return generation;
  }

  /** Returns false for ever once the lease may have ended. */
  boolean held() {
    if (!lost && System.nanoTime() - heldUntil > 0) {
      lost = true;
    }
    return !lost;
  }

  /** Prolongs the lease; a failure to ask changes nothing but lets time run out. */
  void renew() {
    long start = System.nanoTime();
    if (!held()) {
      return;
    }
    if (store.renewLease(connection, generation, LIFETIME)) {
      heldUntil = end(start);
    } else {
      lost = true;
    }
  }

  void release() {
    lost = true;
    store.releaseLease(connection, generation);
  }

  private static long end(long start) {
    return start + LIFETIME.toNanos() - MARGIN_NANOS;
  }
}
