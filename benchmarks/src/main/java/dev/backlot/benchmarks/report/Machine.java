package dev.backlot.benchmarks.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures were measured on. */
public final class Machine {
  /** More runnable processes than this share of the cores make a figure doubtful. */
  private static final double BUSY = 0.5;

  private Machine() {}

  /** Describes the machine. */
  public static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("cores", String.valueOf(cores()));
    facts.put("memory", field("/proc/meminfo", "MemTotal"));
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    return facts;
  }

  /** Returns the load average over the last minute. */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Returns whether others use the machine so much that figures would be doubtful. */
  public static boolean isBusy(double load) {
    return load > BUSY * cores();
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static String field(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
          return line.substring(colon + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown";
    }
    return "unknown";
  }
}
