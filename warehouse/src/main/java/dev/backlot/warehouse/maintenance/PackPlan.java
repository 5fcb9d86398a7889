package dev.backlot.warehouse.maintenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which files are merged into one: pure. Files of similar size are merged once there are enough of
 * them, so that a row is copied a few times only on its way from a commit's small file into one of
 * the target size (as in size-tiered merges of log-structured stores).
 */
final class PackPlan {
  /** Files below 1 MiB are one tier, each further tier holds files eight times as large. */
  private static final long FIRST_TIER = 1 << 20;

  private static final int TIER_FACTOR = 8;
  private static final int MERGED_AT_LEAST = 8;

  /** A commit's files are cheap to read in dozens, and come every second. */
  private static final int SMALLEST_MERGED_AT_LEAST = 20;

  private PackPlan() {}

  /**
   * Returns sets of files to merge, each at most as large as the target.
   *
   * @param files by number
   * @param force whether also few files are merged
   */
  static List<List<Integer>> of(List<FileSize> files, long targetBytes, boolean force) {
    Map<Integer, List<Integer>> tiers = new TreeMap<>();
    for (int number = 0; number < files.size(); number++) {
      if (files.get(number).bytes() <= targetBytes / 2) {
        int tier = force ? 0 : tier(files.get(number).bytes());
        tiers.computeIfAbsent(tier, key -> new ArrayList<>()).add(number);
      }
    }
    List<List<Integer>> sets = new ArrayList<>();
    tiers.forEach(
        (tier, members) -> {
          int least = force ? 2 : tier == 0 ? SMALLEST_MERGED_AT_LEAST : MERGED_AT_LEAST;
          if (members.size() >= least) {
            fill(files, members, targetBytes).stream()
                .filter(set -> set.size() > 1)
                .forEach(sets::add);
          }
        });
    return sets;
  }

  /** Returns files in their order, cut into sets of at most a size. */
  static List<List<Integer>> fill(List<FileSize> files, List<Integer> members, long targetBytes) {
    List<List<Integer>> sets = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    long bytes = 0;
    for (int member : members) {
      long size = files.get(member).bytes();
      if (!open.isEmpty() && bytes + size > targetBytes) {
        sets.add(List.copyOf(open));
        open.clear();
        bytes = 0;
      }
      open.add(member);
      bytes += size;
    }
    if (!open.isEmpty()) {
      sets.add(List.copyOf(open));
    }
    return sets;
  }

  /** Returns whether a file is one that merging is for. */
  static boolean isSmall(long bytes, long targetBytes) {
    return bytes < targetBytes / TIER_FACTOR;
  }

  private static int tier(long bytes) {
    int tier = 0;
    for (long limit = FIRST_TIER; bytes >= limit; limit *= TIER_FACTOR) {
      tier++;
    }
    return tier;
  }
}
