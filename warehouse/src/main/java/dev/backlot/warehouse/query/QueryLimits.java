package dev.backlot.warehouse.query;

import java.time.Duration;

/**
 * What one query may use. The number of rows is not limited; LIMIT is the caller's.
 *
 * @param time from the call until the last row is read
 */
public record QueryLimits(Duration time) {
  /** Five minutes. */
  public static final QueryLimits DEFAULT = new QueryLimits(Duration.ofMinutes(5));
}
