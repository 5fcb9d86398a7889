package dev.backlot.warehouse.maintenance;

import java.time.Instant;

/**
 * What is remembered of a table between two runs.
 *
 * @param rowsThatCount rows that the last compaction found to count; rows beyond may be superseded
 * @param compactedAt when that was
 * @param sweptAt when forgotten files were last looked for
 */
public record MaintenanceState(long rowsThatCount, Instant compactedAt, Instant sweptAt) {
  /** Nothing has been done yet. */
  public static final MaintenanceState NEW = new MaintenanceState(0, Instant.EPOCH, Instant.EPOCH);

  /** Returns the largest share of a table's rows that may be superseded. */
  public double supersededAtMost(long rows) {
    return rows <= 0 ? 0 : Math.max(0, (double) (rows - rowsThatCount) / rows);
  }
}
