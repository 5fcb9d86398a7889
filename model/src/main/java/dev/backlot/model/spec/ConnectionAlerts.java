package dev.backlot.model.spec;

import dev.backlot.model.spec.Setting.Unsaid;
import java.time.Duration;
import java.util.Optional;

/**
 * When a connection's numbers need a person, as far as the document says. The methods say what
 * holds; empty means that this is never said.
 *
 * @param heartbeat 1 minute unless said
 * @param wal in bytes; what {@code wal.alert} says unless said
 */
public record ConnectionAlerts(Setting<Duration> heartbeat, Setting<Long> wal) {
  /** The document says nothing. */
  public static final ConnectionAlerts UNSAID =
      new ConnectionAlerts(new Unsaid<>(), new Unsaid<>());

  /** Returns how long the connection's log may be without a heartbeat of ours. */
  public Optional<Duration> heartbeatLimit() {
    return heartbeat.or(Duration.ofMinutes(1));
  }

  /** Returns how many bytes of log the database may retain for us. */
  public Optional<Long> walLimit(ConnectionSpec.WalBudget budget) {
    return wal.or(budget.alertBytes());
  }
}
