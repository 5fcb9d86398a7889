package dev.backlot.capture.postgres.catalog;

import dev.backlot.capture.dump.Visibility;
import java.util.HashSet;
import java.util.Set;

/**
 * A {@code pg_snapshot}: transactions below xmin are visible, those from xmax on are not, and those
 * listed between are not.
 *
 * @param inProgress of 64 bits, as xmin and xmax
 */
public record Snapshot(long xmin, long xmax, Set<Long> inProgress) implements Visibility {
  /** Copies what is mutable. */
  public Snapshot {
    inProgress = Set.copyOf(inProgress);
  }

  /** Reads {@code xmin:xmax:xip,xip…}. */
  public static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    Set<Long> running = new HashSet<>();
    if (!parts[2].isEmpty()) {
      for (String xid : parts[2].split(",")) {
        running.add(Long.parseLong(xid));
      }
    }
    return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running);
  }

  /**
   * Says whether a committed transaction is visible.
   *
   * @param transaction its 32-bit number, as the log tells it, or the 64-bit one
   */
  @Override
  public boolean sees(long transaction) {
    long full = widen(transaction);
    return full < xmax && (full < xmin || !inProgress.contains(full));
  }

  /** Snapshots of one server are ordered: each sees all that an earlier one saw. */
  @Override
  public boolean mayExceed(Visibility other) {
    return !(other instanceof Snapshot that)
        || xmax > that.xmax
        || that.inProgress.stream().anyMatch(this::sees);
  }

  /** Returns the 64-bit number that is nearest to this snapshot. */
  private long widen(long transaction) {
    if (transaction > 0xffffffffL) {
      return transaction;
    }
    long full = (xmax & ~0xffffffffL) | transaction;
    if (full - xmax > 0x7fffffffL) {
      return full - 0x100000000L;
    }
    if (xmax - full > 0x80000000L) {
      return full + 0x100000000L;
    }
    return full;
  }
}
