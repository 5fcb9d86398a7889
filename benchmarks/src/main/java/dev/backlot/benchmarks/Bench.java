package dev.backlot.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.backlot.benchmarks.capture.AuditReadBenchmark;
import dev.backlot.benchmarks.capture.DumpWhileStreamingBenchmark;
import dev.backlot.benchmarks.capture.HugeTransactionBenchmark;
import dev.backlot.benchmarks.capture.LatencyBenchmark;
import dev.backlot.benchmarks.capture.LatencyWhileDumpingBenchmark;
import dev.backlot.benchmarks.capture.SnapshotBenchmark;
import dev.backlot.benchmarks.capture.StreamingBenchmark;
import dev.backlot.benchmarks.capture.TablesBenchmark;
import dev.backlot.benchmarks.catalog.CatalogSearchBenchmark;
import dev.backlot.benchmarks.lake.EndToEndBenchmark;
import dev.backlot.benchmarks.lake.EnrichmentBenchmark;
import dev.backlot.benchmarks.lake.IcebergBenchmark;
import dev.backlot.benchmarks.lake.SchemaChangeBenchmark;
import dev.backlot.benchmarks.micro.MicroBenchmark;
import dev.backlot.benchmarks.page.PageBenchmark;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Chart;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Machine;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.ReportText;
import dev.backlot.benchmarks.report.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs benchmarks by their names; {@code list} lists them. */
public final class Bench {
  private static final Map<String, Benchmark> BENCHMARKS = new LinkedHashMap<>();

  static {
    BENCHMARKS.put("platform", new PlatformBenchmark());
    BENCHMARKS.put("capture-snapshot", new SnapshotBenchmark());
    BENCHMARKS.put("capture-streaming", new StreamingBenchmark());
    BENCHMARKS.put("capture-latency", new LatencyBenchmark());
    BENCHMARKS.put("dump-while-streaming", new DumpWhileStreamingBenchmark());
    BENCHMARKS.put("latency-while-dumping", new LatencyWhileDumpingBenchmark());
    BENCHMARKS.put("capture-tables", new TablesBenchmark());
    BENCHMARKS.put("capture-huge-transaction", new HugeTransactionBenchmark());
    BENCHMARKS.put("audit-read", new AuditReadBenchmark());
    BENCHMARKS.put("micro", new MicroBenchmark());
    BENCHMARKS.put("iceberg", new IcebergBenchmark());
    BENCHMARKS.put("end-to-end", new EndToEndBenchmark());
    BENCHMARKS.put("enrichment", new EnrichmentBenchmark());
    BENCHMARKS.put("schema-change", new SchemaChangeBenchmark());
    BENCHMARKS.put("catalog-search", new CatalogSearchBenchmark());
    BENCHMARKS.put(
        "page-home",
        new PageBenchmark("Home in a browser: its weight, until it can be used", "home.mjs"));
    BENCHMARKS.put(
        "page-graph", new PageBenchmark("The builder's canvas with 200 steps", "graph.mjs"));
  }

  private final Scale scale;
  private final List<Map<String, Object>> results = new ArrayList<>();
  private final List<Comparison> comparisons = new ArrayList<>();

  private Bench(Scale scale) {
    this.scale = scale;
  }

  /** Runs the named benchmarks one after the other. */
  public static void main(String[] arguments) throws Exception {
    List<String> names = new ArrayList<>();
    boolean quick = false;
    boolean peers = true;
    Path json = null;
    Path svg = null;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick = true;
        case "--no-peers" -> peers = false;
        case "--json" -> json = file(arguments, ++i);
        case "--svg" -> svg = file(arguments, ++i);
        default -> names.add(arguments[i]);
      }
    }
    if (names.equals(List.of("list"))) {
      BENCHMARKS.forEach(
          (name, benchmark) -> System.out.printf("%-22s %s%n", name, benchmark.title()));
      return;
    }
    for (String name : names) {
      if (!BENCHMARKS.containsKey(name)) {
        fail(
            "Cannot run benchmark '"
                + name
                + "': there is none of that name. Known: "
                + String.join(", ", BENCHMARKS.keySet())
                + ".");
      }
    }
    Bench bench = new Bench(new Scale(quick, peers));
    for (String name : names) {
      bench.run(name);
    }
    if (json != null) {
      Files.writeString(json, bench.json());
    }
    if (svg != null) {
      Files.writeString(svg, Chart.of(bench.comparisons));
    }
    // Flink and Kafka leave threads behind.
    System.exit(0);
  }

  private void run(String name) throws Exception {
    Benchmark benchmark = BENCHMARKS.get(name);
    if (benchmark == null) {
      return;
    }
    Map<String, String> machine = Machine.describe();
    double before = Machine.load();
    System.out.println(
        name + ": " + benchmark.title() + (scale.quick() ? " (quick: not to be quoted)" : ""));
    System.out.println("  machine: " + machine);
    long begin = System.nanoTime();
    Report report = benchmark.run(scale);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double after = Machine.load();
    System.out.print(ReportText.of(report));
    System.out.printf(
        Locale.ROOT,
        "  took %.0f s; load average %.2f before, %.2f after%n",
        seconds,
        before,
        after);
    if (Machine.isBusy(before)) {
      System.out.println(
          "  WARNING: others used the machine when this began; its rates and latencies are too low"
              + " by an unknown amount, its CPU times per unit are a better guide.");
    }
    comparisons.addAll(report.comparisons());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", name);
    result.put("title", benchmark.title());
    result.put("at", Instant.now().toString());
    result.put("quick", scale.quick());
    result.put("machine", machine);
    result.put("load_before", before);
    result.put("load_after", after);
    result.put("seconds", seconds);
    result.put("configuration", report.configuration());
    result.put("comparisons", report.comparisons());
    result.put("latencies", report.latencies());
    result.put("figures", report.figures());
    result.put("bars", report.bars());
    result.put("verified", report.checks());
    results.add(result);
  }

  private String json() throws IOException {
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModule(new com.fasterxml.jackson.datatype.jdk8.Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT);
    return mapper.writeValueAsString(results) + "\n";
  }

  private static Path file(String[] arguments, int at) {
    if (at >= arguments.length) {
      fail("Cannot run the benchmarks: " + arguments[at - 1] + " needs a file behind it.");
    }
    return Path.of(arguments[at]).toAbsolutePath();
  }

  private static void fail(String message) {
    System.err.println(message + " [USAGE]");
    System.exit(64);
  }
}
