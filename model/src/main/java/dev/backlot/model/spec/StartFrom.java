package dev.backlot.model.spec;

import java.time.Instant;

/** Where in its Sources a new pipeline begins. */
public sealed interface StartFrom {
  /** Everything that the Sources hold. */
  record Earliest() implements StartFrom {}

  /** Only what comes after the first deployment. */
  record Latest() implements StartFrom {}

  /** What was written at or after a time. */
  record AtTime(Instant time) implements StartFrom {}
}
