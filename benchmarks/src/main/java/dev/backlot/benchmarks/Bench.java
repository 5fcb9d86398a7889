package dev.backlot.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs benchmarks by their names; {@code list} lists them. */
public final class Bench {
  private static final Map<String, Benchmark> BENCHMARKS = new LinkedHashMap<>();

  static {
    BENCHMARKS.put("platform", new PlatformBenchmark());
  }

  /** Prints figures that it measures. */
  interface Benchmark {
    /** Returns in one line what is measured. */
    String title();

    /** Measures and prints. */
    void run() throws Exception;
  }

  private Bench() {}

  /** Runs the named benchmarks one after the other. */
  public static void main(String[] names) throws Exception {
    if (List.of(names).equals(List.of("list"))) {
      BENCHMARKS.forEach((name, benchmark) -> System.out.println(name + "   " + benchmark.title()));
      return;
    }
    for (String name : names) {
      if (!BENCHMARKS.containsKey(name)) {
        System.err.println(
            "Cannot run benchmark '"
                + name
                + "': there is none of that name. Known: "
                + String.join(", ", BENCHMARKS.keySet())
                + ". [USAGE]");
        System.exit(64);
      }
    }
    for (String name : names) {
      Benchmark benchmark = BENCHMARKS.get(name);
      if (benchmark != null) {
        System.out.println(name + ": " + benchmark.title());
        benchmark.run();
      }
    }
  }
}
