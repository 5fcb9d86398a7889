package dev.backlot.transport;

import org.jspecify.annotations.Nullable;

/**
 * Holds back the end of a job that met a record it can't read: the partitions concerned stand
 * still, and the job ends once a checkpoint has completed that began afterwards, so that all rows
 * before the record are in the tables. For one reader's thread.
 */
final class Parking {
  private static final long NONE = Long.MAX_VALUE;

  private final boolean[] parked;
  private @Nullable RuntimeException reason;
  private long checkpoint = NONE;

  Parking(int partitions) {
    this.parked = new boolean[partitions];
  }

  /** Returns whether nothing more is to be read of a partition. */
  boolean isParked(int partition) {
    return parked[partition];
  }

  /** Stops a partition at a record. */
  void park(int partition, RuntimeException why) {
    parked[partition] = true;
    if (reason == null) {
      reason = why;
    }
  }

  /** A checkpoint begins. */
  void begin(long checkpointId) {
    if (reason != null && checkpoint == NONE) {
      checkpoint = checkpointId;
    }
  }

  /**
   * A checkpoint has completed.
   *
   * @throws RuntimeException why a partition is parked, if all before it is safe now
   */
  void complete(long checkpointId) {
    RuntimeException why = reason;
    if (why != null && checkpointId >= checkpoint) {
      throw why;
    }
  }
}
