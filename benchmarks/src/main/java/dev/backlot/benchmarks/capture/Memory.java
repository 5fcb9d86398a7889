package dev.backlot.benchmarks.capture;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process needs of memory, in bytes.
 *
 * @param live on the heap after a full collection
 * @param peak the sum of the heap's pools, each at its fullest, garbage included
 * @param resident of the whole process now, from proc(5)
 * @param residentPeak of the whole process at its largest
 * @param collectingMillis time spent with collections since the process began
 */
record Memory(long live, long peak, long resident, long residentPeak, long collectingMillis) {
  /** Measures the calling process; the peaks begin anew. */
  static Memory measure() {
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum();
    long resident = status("VmRSS");
    long residentPeak = status("VmHWM");
    long collecting =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    System.gc();
    long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    return new Memory(live, peak, resident, residentPeak, collecting);
  }

  /** Returns the numbers as words. */
  String words() {
    return live + " " + peak + " " + resident + " " + residentPeak + " " + collectingMillis;
  }

  /** Reads what {@link #words} returned. */
  static Memory of(String words) {
    String[] each = words.split(" ");
    return new Memory(
        Long.parseLong(each[0]),
        Long.parseLong(each[1]),
        Long.parseLong(each[2]),
        Long.parseLong(each[3]),
        Long.parseLong(each[4]));
  }

  /** Says all in megabytes. */
  String text() {
    return "live heap "
        + megabytes(live)
        + " MB, heap at most "
        + megabytes(peak)
        + " MB, resident "
        + megabytes(resident)
        + " MB, at most "
        + megabytes(residentPeak)
        + " MB, collecting "
        + collectingMillis
        + " ms";
  }

  static long megabytes(long bytes) {
    return Math.round(bytes / 1024.0 / 1024.0);
  }

  private static long status(String field) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
