package dev.backlot.transport;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a reader that stand still. One that is parked before a record of an uncovered
 * schema stays so as long as the job runs, while others go on; one at a record that can't be read
 * at all ends the job once a checkpoint has completed that began afterwards, so that all rows
 * before the record are in the tables. For one reader's thread.
 */
final class Parking {
  private static final long NONE = Long.MAX_VALUE;

  private final boolean[] parked;
  private final List<Integer> fresh = new ArrayList<>();
  private @Nullable RuntimeException reason;
  private long checkpoint = NONE;

  Parking(int partitions) {
    this.parked = new boolean[partitions];
  }

  /** Returns whether nothing more is to be read of a partition. */
  boolean isParked(int partition) {
    return parked[partition];
  }

  /** Stops a partition before a record. */
  void park(int partition) {
    parked[partition] = true;
    fresh.add(partition);
  }

  /** Stops a partition before a record, and the job with it. */
  void end(int partition, RuntimeException why) {
    park(partition);
    if (reason == null) {
      reason = why;
    }
  }

  /** Returns the partitions that have been stopped since the last call. */
  List<Integer> takeFresh() {
    if (fresh.isEmpty()) {
      return List.of();
    }
    List<Integer> taken = List.copyOf(fresh);
    fresh.clear();
    return taken;
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
   * @throws RuntimeException why the job ends, if all before it is safe now
   */
  void complete(long checkpointId) {
    RuntimeException why = reason;
    if (why != null && checkpointId >= checkpoint) {
      throw why;
    }
  }
}
