package dev.backlot.transport;

/** The nearest-rank percentile: the lowest value that so large a share does not exceed. */
public final class NearestRank {
  private NearestRank() {}

  /**
   * Returns where it stands among values in ascending order.
   *
   * @param count how many there are, at least 1
   * @param share from 0 to 1
   */
  public static int index(int count, double share) {
    return Math.max(0, (int) Math.ceil(share * count) - 1);
  }
}
