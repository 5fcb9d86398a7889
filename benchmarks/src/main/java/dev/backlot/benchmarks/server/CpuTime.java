package dev.backlot.benchmarks.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CPU time of processes, user and system, from proc(5), in steps of 10 ms. */
public final class CpuTime {
  private static final long MICROS_PER_TICK = 10_000;
  private static final int USER = 11;
  private static final int CHILDREN_SYSTEM = 14;

  private CpuTime() {}

  /** Returns what a process and its descendants, ended ones included, have used. */
  public static long micros(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants()).mapToLong(CpuTime::one).sum();
  }

  private static long one(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The name in parentheses may contain spaces; the state follows it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int i = USER; i <= CHILDREN_SYSTEM; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks * MICROS_PER_TICK;
    } catch (IOException e) {
      return 0;
    }
  }
}
