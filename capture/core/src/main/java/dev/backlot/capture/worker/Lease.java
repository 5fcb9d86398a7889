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

  static Optional<Lease> acquire(CaptureStore store, String connection, String owner) {
    long start = System.nanoTime();
    OptionalLong generation = store.acquireLease(connection, owner, LIFETIME);
    return generation.isPresent()
        ? Optional.of(new Lease(store, connection, generation.getAsLong(), end(start)))
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
