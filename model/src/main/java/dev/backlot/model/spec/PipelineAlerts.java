package dev.backlot.model.spec;

import dev.backlot.model.spec.Setting.Unsaid;
import java.time.Duration;
import java.util.Optional;

/**
 * When a pipeline's numbers need a person, as far as the document says. The methods say what holds;
 * empty means that this is never said.
 *
 * @param lag 5 minutes unless said
 * @param heartbeat 1 minute unless said
 * @param deadLetters 1 unless said
 * @param restarts 3 unless said
 */
public record PipelineAlerts(
    Setting<Duration> lag,
    Setting<Duration> heartbeat,
    Setting<Integer> deadLetters,
    Setting<Integer> restarts) {
  /** The document says nothing. */
  public static final PipelineAlerts UNSAID =
      new PipelineAlerts(new Unsaid<>(), new Unsaid<>(), new Unsaid<>(), new Unsaid<>());

  /** Returns how far a table may be behind its Sources. */
  public Optional<Duration> lagLimit() {
    return lag.or(Duration.ofMinutes(5));
  }

  /** Returns how long a table may be without a heartbeat of its Sources' connections. */
  public Optional<Duration> heartbeatLimit() {
    return heartbeat.or(Duration.ofMinutes(1));
  }

  /** Returns how many waiting dead letters need a person. */
  public Optional<Integer> deadLetterLimit() {
    return deadLetters.or(1);
  }

  /** Returns how many restarts of the job within 10 minutes need a person. */
  public Optional<Integer> restartLimit() {
    return restarts.or(3);
  }
}
