package dev.backlot.quality.blackbox;

import java.time.Duration;
import java.time.Instant;

/**
 * A key that differed at the last look, and at how many before it without a pause.
 *
 * @param contrast as last seen
 * @param firstSeen begin of the first of these looks
 * @param lastSeen begin of the last one
 * @param looks how many, at least 1
 */
public record Suspect(Contrast contrast, Instant firstSeen, Instant lastSeen, int looks) {

  /**
   * Returns whether it counts: changes on their way are equal after a while, and in between.
   *
   * @param needed how many looks in a row
   * @param sla how long a change may take from source to target
   */
  public boolean counts(int needed, Duration sla) {
    return looks >= needed && Duration.between(firstSeen, lastSeen).compareTo(sla) >= 0;
  }

  /**
   * Returns this suspect after another look. What is wrong has changed when the rows have, on
   * whichever side: then a change was on its way, and the count begins again.
   */
  Suspect seen(Contrast now, Instant at) {
    return now.equals(contrast)
        ? new Suspect(now, firstSeen, at, looks + 1)
        : new Suspect(now, at, at, 1);
  }
}
