package dev.backlot.benchmarks;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Start-up time of a built platform, first on an empty data directory, then on what that left;
 * memory and CPU of each process while nothing is asked of it. A process counts with its
 * descendants. Memory is the proportional set size where Linux tells it: shared pages count once.
 */
final class PlatformBenchmark implements Benchmark {
  private static final Duration SETTLING = Duration.ofSeconds(20);
  private static final Duration WINDOW = Duration.ofSeconds(20);
  private static final double START_AIM_SECONDS = 25;
  private static final long MEMORY_AIM_KIB = 1_500_000_000L / 1024;

  /** A process's use of the machine. */
  private record Use(long pssKib, long rssKib, Duration cpu) {
    private Use plus(Use other) {
      return new Use(pssKib + other.pssKib, rssKib + other.rssKib, cpu.plus(other.cpu));
    }
  }

  @Override
  public String title() {
    return "start-up of a built platform, memory and CPU of each process when idle";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = new Report();
    report.configured("platform", "./backlot up, no connection, no pipeline");
    Path directory = Files.createTempDirectory("backlot-bench-");
    try {
      double first = start(directory, false, report);
      double again = start(directory, true, report);
      report.figure(
          "start-up",
          String.format(
              Locale.ROOT, "%.1f s on an empty data directory, %.1f s again", first, again));
      report.add(Bar.below("start-up, seconds", Math.max(first, again), START_AIM_SECONDS));
    } finally {
      delete(directory);
    }
    return report;
  }

  private static double start(Path directory, boolean measureIdle, Report report) throws Exception {
    long begin = System.nanoTime();
    try (Platform platform = Platform.up(directory.resolve("data"), Platform.freePorts())) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (measureIdle) {
        measureIdle(platform, report);
      }
      return seconds;
    }
  }

  private static void measureIdle(Platform platform, Report report) throws Exception {
    TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
    Map<String, Use> before = uses(platform);
    TimeUnit.MILLISECONDS.sleep(WINDOW.toMillis());
    Map<String, Use> after = uses(platform);
    report.configured(
        "idle", SETTLING.toSeconds() + " s after start-up, over " + WINDOW.toSeconds() + " s");
    Use total = new Use(0, 0, Duration.ZERO);
    for (Map.Entry<String, Use> entry : after.entrySet()) {
      Use earlier = before.getOrDefault(entry.getKey(), entry.getValue());
      Use use =
          new Use(
              entry.getValue().pssKib(),
              entry.getValue().rssKib(),
              entry.getValue().cpu().minus(earlier.cpu()));
      add(report, entry.getKey(), use);
      total = total.plus(use);
    }
    add(report, "total", total);
    report.add(
        Bar.below("memory when idle, MiB", total.pssKib() / 1024.0, MEMORY_AIM_KIB / 1024.0));
  }

  private static void add(Report report, String process, Use use) {
    report.figure(
        "idle " + process,
        String.format(
            Locale.ROOT,
            "PSS %d MiB, RSS %d MiB, CPU %.1f %% of a core",
            use.pssKib() / 1024,
            use.rssKib() / 1024,
            100.0 * use.cpu().toMillis() / WINDOW.toMillis()));
  }

  private static Map<String, Use> uses(Platform platform) {
    Map<String, Use> uses = new LinkedHashMap<>();
    uses.put("supervisor", use(platform.supervisor()));
    for (String service : List.of("postgres", "dataplane", "controller")) {
      platform
          .service(service)
          .ifPresent(
              process ->
                  uses.put(
                      service,
                      Stream.concat(Stream.of(process), process.descendants())
                          .map(PlatformBenchmark::use)
                          .reduce(new Use(0, 0, Duration.ZERO), Use::plus)));
    }
    return uses;
  }

  private static Use use(ProcessHandle process) {
    Map<String, Long> memory = memory(process.pid());
    long rss = memory.getOrDefault("Rss", 0L);
    return new Use(
        memory.getOrDefault("Pss", rss),
        rss,
        process.info().totalCpuDuration().orElse(Duration.ZERO));
  }

  /** Reads smaps_rollup, as proc(5) describes it; empty where the system has none. */
  private static Map<String, Long> memory(long pid) {
    Map<String, Long> fields = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
        String[] words = line.split(":?\\s+");
        if (words.length == 3 && words[2].equals("kB")) {
          fields.put(words[0], Long.parseLong(words[1]));
        }
      }
    } catch (IOException e) {
      return Map.of();
    }
    return fields;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
