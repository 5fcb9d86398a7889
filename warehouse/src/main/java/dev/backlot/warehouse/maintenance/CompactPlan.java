package dev.backlot.warehouse.maintenance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which files are rewritten without the rows that nobody sees any more: pure. */
final class CompactPlan {
  private CompactPlan() {}

  /**
   * Returns sets of files, each to become one. Files with the largest share of such rows come
   * first; small files ride along.
   *
   * @param superseded how many rows of each file need not be kept
   * @param workBytes most bytes of files that have enough such rows
   */
  static List<List<Integer>> of(
      List<FileSize> files, long[] superseded, double ratio, long targetBytes, long workBytes) {
    List<Integer> worst =
        IntStream.range(0, files.size())
            .filter(n -> superseded[n] > 0 && share(files, superseded, n) >= ratio)
            .boxed()
            .sorted(Comparator.comparingDouble(n -> -share(files, superseded, n)))
            .toList();
    List<Integer> chosen = new ArrayList<>();
    long bytes = 0;
    for (int number : worst) {
      if (chosen.isEmpty() || bytes + files.get(number).bytes() <= workBytes) {
        chosen.add(number);
        bytes += files.get(number).bytes();
      }
    }
    for (int number = 0; number < files.size(); number++) {
      long size = files.get(number).bytes();
      if (PackPlan.isSmall(size, targetBytes)
          && !chosen.contains(number)
          && bytes + size <= workBytes) {
        chosen.add(number);
        bytes += size;
      }
    }
    if (chosen.size() == 1 && worst.isEmpty()) {
      return List.of();
    }
    List<FileSize> remaining = new ArrayList<>();
    for (int number = 0; number < files.size(); number++) {
      FileSize file = files.get(number);
      long kept = file.rows() - superseded[number];
      remaining.add(new FileSize(file.rows() == 0 ? 0 : file.bytes() * kept / file.rows(), kept));
    }
    return PackPlan.fill(remaining, chosen.stream().sorted().toList(), targetBytes);
  }

  private static double share(List<FileSize> files, long[] superseded, int number) {
    return (double) superseded[number] / Math.max(1, files.get(number).rows());
  }
}
