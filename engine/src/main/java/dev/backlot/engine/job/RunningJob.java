package dev.backlot.engine.job;

import java.time.Instant;
import java.util.Set;

/**
 * A pipeline's newest job, as Flink sees it.
 *
 * @param state Flink's word: CREATED, RUNNING, RESTARTING, FAILED, …
 * @param code a problem code's name when it failed or keeps failing, or empty
 * @param reason why, or empty
 */
public record RunningJob(
    String pipeline,
    String planHash,
    String jobId,
    String state,
    Instant startedAt,
    String code,
    String reason) {
  private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");

  /** Returns whether the job has ended for good. */
  public boolean ended() {
    return ENDED.contains(state);
  }
}
