package dev.backlot.warehouse.maintenance;

import java.time.Duration;

/**
 * What a run did.
 *
 * @param filesRewritten data files that were replaced
 * @param filesWritten data files that replace them
 * @param bytesRewritten of the files that were replaced
 * @param rowsDropped versions of rows that no view shows any more
 * @param snapshotsExpired how many snapshots were let go
 * @param filesReleased files that no snapshot needs any more; they go after the readers' grace
 *     period
 * @param orphansFound files that no snapshot needs and no run released; they go likewise
 * @param filesDeleted files that were deleted, since their grace period was over
 * @param conflict why a rewrite was given up, or empty
 * @param state to be remembered for the next run
 */
public record MaintenanceReport(
    TableHealth before,
    TableHealth after,
    long filesRewritten,
    long filesWritten,
    long bytesRewritten,
    long rowsDropped,
    long snapshotsExpired,
    long filesReleased,
    long orphansFound,
    long filesDeleted,
    String conflict,
    MaintenanceState state,
    Duration duration) {}
