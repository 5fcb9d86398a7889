package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.model.spec.ConnectionSpec.OnLimit;
import dev.backlot.model.spec.ConnectionSpec.WalBudget;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log that a server keeps for a connection's slot, against what the document grants. For one
 * thread.
 */
final class RetainedLog {
  private static final Logger LOG = LoggerFactory.getLogger(RetainedLog.class);

  private final Slot slot;
  private Optional<Slot.Retention> last = Optional.empty();
  private long lastNanos;

  RetainedLog(Slot slot) {
    this.slot = slot;
  }

  /** Returns how many bytes were retained at the last measurement. */
  long bytes() {
    return last.map(Slot.Retention::bytes).orElse(0L);
  }

  /** Asks the server, and returns what a status shows: nothing when there is no slot. */
  Map<String, Object> measure(WalBudget budget) throws SQLException {
    Optional<Slot.Retention> found = slot.retention();
    long now = System.nanoTime();
    Map<String, Object> details = new TreeMap<>();
    if (found.isPresent()) {
      Slot.Retention retention = found.get();
      details.put("retained_bytes", retention.bytes());
      details.put("wal_alert", retention.bytes() > budget.alertBytes());
      details.put("wal_state", retention.state());
      retention.most().ifPresent(most -> details.put("wal_kept_bytes", most));
      retention.left().ifPresent(left -> details.put("wal_left_bytes", left));
      secondsLeft(retention, now).ifPresent(seconds -> details.put("wal_left_seconds", seconds));
    }
    last = found;
    lastNanos = now;
    return details;
  }

  /** How long the slot has to live when the server goes on to write as it did since last time. */
  private Optional<Long> secondsLeft(Slot.Retention retention, long now) {
    if (retention.left().isEmpty() || last.isEmpty()) {
      return Optional.empty();
    }
    double seconds = (now - lastNanos) / 1e9;
    long written = retention.written() - last.get().written();
    return written <= 0
        ? Optional.empty()
        : Optional.of((long) (retention.left().getAsLong() * seconds / written));
  }

  /** Drops the slot when it retains more than the limit and the document says so. */
  void enforce(WalBudget budget) throws SQLException {
    if (bytes() <= budget.limitBytes() || budget.onLimit() != OnLimit.DROP_SLOT) {
      return;
    }
    LOG.error("The slot {} retains {} bytes and is dropped", slot.name(), bytes());
    try {
      slot.drop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
