package dev.backlot.warehouse.maintenance;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Decides what is worth doing for a table: pure. */
final class MaintenanceNeed {
  private static final Duration DAILY = Duration.ofDays(1);

  /** Fewer rows are not worth a process. */
  private static final long FEWEST_ROWS = 500;

  private static final long MANY_MANIFESTS = 50;

  private MaintenanceNeed() {}

  /**
   * Returns what is due.
   *
   * @param sizes of the table's files
   * @param changedAt when the table was last committed to
   */
  static Set<Work> of(
      TableHealth health,
      List<FileSize> sizes,
      boolean keyed,
      Instant changedAt,
      MaintenanceState state,
      MaintenanceSettings settings,
      Instant now) {
    Set<Work> due = EnumSet.noneOf(Work.class);
    long unjudged = health.rows() - state.rowsThatCount();
    boolean grown =
        unjudged >= FEWEST_ROWS
            && state.supersededAtMost(health.rows()) >= settings.supersededRatio();
    // Deletes grow old enough to be forgotten, whether rows come or not.
    boolean aged =
        state.compactedAt().isAfter(Instant.EPOCH)
            && state.compactedAt().plus(DAILY).isBefore(now)
            && changedAt.isAfter(state.compactedAt());
    if (keyed && (grown || aged)) {
      due.add(Work.COMPACT);
    } else if (!PackPlan.of(sizes, settings.targetFileBytes(), false).isEmpty()) {
      due.add(Work.PACK);
    }
    if (health.manifests() > MANY_MANIFESTS) {
      due.add(Work.MANIFESTS);
    }
    if (health.snapshots() > settings.snapshots() + settings.snapshots() / 4) {
      due.add(Work.EXPIRE);
    }
    if (state.sweptAt().plus(DAILY).isBefore(now)) {
      due.add(Work.ORPHANS);
    }
    return due;
  }
}
