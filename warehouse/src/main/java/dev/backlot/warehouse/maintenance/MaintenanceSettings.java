package dev.backlot.warehouse.maintenance;

import java.time.Duration;

/**
 * What maintenance aims at and what one run may use.
 *
 * @param targetFileBytes size that files grow to
 * @param grace how long deletes and truncations are kept, so that an event that arrives late does
 *     not bring a row back
 * @param snapshots how many of the newest snapshots stay
 * @param readerGrace how long a file stays that no snapshot needs any more: longer than any query
 *     that began before may run
 * @param orphanAge how old a file that no snapshot needs must be before it counts as forgotten:
 *     longer than any commit may take
 * @param supersededRatio share of rows in a file that nobody sees, from which on it is worth
 *     rewriting
 * @param workBytes most bytes of files that one run rewrites to drop rows
 * @param memoryMegabytes DuckDB's memory; what is larger goes to scratch
 * @param threads DuckDB's threads
 */
public record MaintenanceSettings(
    long targetFileBytes,
    Duration grace,
    int snapshots,
    Duration readerGrace,
    Duration orphanAge,
    double supersededRatio,
    long workBytes,
    int memoryMegabytes,
    int threads) {
  private static final long MEGABYTE = 1 << 20;

  /** The defaults of an installation. */
  public static final MaintenanceSettings DEFAULT =
      new MaintenanceSettings(
          128 * MEGABYTE,
          Duration.ofDays(7),
          100,
          Duration.ofMinutes(15),
          Duration.ofDays(1),
          0.1,
          1024 * MEGABYTE,
          512,
          1);

  /** Checks the ranges. */
  public MaintenanceSettings {
    if (targetFileBytes < 1 || snapshots < 2 || workBytes < 1 || threads < 1) {
      throw new IllegalArgumentException("Sizes, snapshots and threads have a least value");
    }
  }

  /** Returns the same settings with another grace period. */
  public MaintenanceSettings withGrace(Duration other) {
    return new MaintenanceSettings(
        targetFileBytes,
        other,
        snapshots,
        readerGrace,
        orphanAge,
        supersededRatio,
        workBytes,
        memoryMegabytes,
        threads);
  }

  /** Returns the same settings with other times after which files are deleted. */
  public MaintenanceSettings withFileAges(Duration reader, Duration orphan) {
    return new MaintenanceSettings(
        targetFileBytes,
        grace,
        snapshots,
        reader,
        orphan,
        supersededRatio,
        workBytes,
        memoryMegabytes,
        threads);
  }

  /** Returns the same settings with another number of snapshots. */
  public MaintenanceSettings withSnapshots(int kept) {
    return new MaintenanceSettings(
        targetFileBytes,
        grace,
        kept,
        readerGrace,
        orphanAge,
        supersededRatio,
        workBytes,
        memoryMegabytes,
        threads);
  }
}
