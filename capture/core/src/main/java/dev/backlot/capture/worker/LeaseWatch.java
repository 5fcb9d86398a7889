package dev.backlot.capture.worker;

import dev.backlot.metadata.CaptureStore;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches another worker's lease by this machine's steady clock: whoever holds it renews it several
 * times in its life, so one that stands unchanged for longer has ended, even when the metadata
 * database's clock was set back and says otherwise. For one thread.
 */
final class LeaseWatch {
  private static final long PATIENCE_NANOS = Lease.LIFETIME.toNanos();

  private final LongSupplier nanoTime;
  private CaptureStore.@Nullable LeaseRow seen;
  private long since;

  LeaseWatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes a look, and returns the lease when it has not been renewed for longer than it lives. */
  Optional<CaptureStore.LeaseRow> stale(CaptureStore.LeaseRow lease) {
    long now = nanoTime.getAsLong();
    if (!lease.equals(seen)) {
      seen = lease;
      since = now;
    }
    return now - since > PATIENCE_NANOS ? Optional.of(lease) : Optional.empty();
  }
}
