package dev.backlot.benchmarks.lake;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.benchmarks.capture.Commits;
import dev.backlot.benchmarks.capture.Copy;
import dev.backlot.benchmarks.capture.Shape;
import dev.backlot.benchmarks.capture.Side;
import dev.backlot.benchmarks.capture.Workload;
import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * PostgreSQL to Iceberg with the whole platform: a dump through a pipeline that runs, beside binary
 * COPY; then single commits until a fresh query through the product returns their rows.
 */
public final class EndToEndBenchmark implements Benchmark {
  private static final double BAR_SNAPSHOT = 0.1;
  private static final double BAR_VISIBLE_P99 = 2_000;
  private static final int PER_SECOND = 1_000;
  private static final String TABLE = "bench.item";

  @Override
  public String title() {
    return "PostgreSQL to Iceberg beside binary COPY; commit to visible at 1,000 events/s";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = new Report();
    report
        .configured("source", Servers.POSTGRES)
        .configured(
            "product", "./backlot up with its defaults, one pipeline, 1 s commits, zstd Parquet")
        .configured("limit", "COPY item TO STDOUT (FORMAT binary) over the socket, dropped");
    int rows = scale.of(1_200_000, 50_000);
    try (Servers source = Servers.start();
        Product product = start(source, rows)) {
      product.apply(documents(source));
      Waiting.until("the first dump", () -> product.rows(TABLE) >= rows);
      Side limit = new Side("binary COPY", Role.LIMIT);
      Side ours = new Side("Backlot, dump to committed table", Role.OURS);
      for (int round = 0; round <= scale.of(3, 1); round++) {
        Copy.measure(source, Shape.NARROW, rows, limit);
        dump(product, rows, ours);
      }
      report.add(
          new Comparison(
              "PostgreSQL to Iceberg, narrow",
              "rows/s",
              Side.series(limit, ours),
              OptionalDouble.of(BAR_SNAPSHOT)));
      long live =
          product.query("SELECT count(*) AS n FROM bench.item_latest").get(0).get("n").asLong();
      if (live != rows) {
        throw new IllegalStateException("The view shows " + live + " rows of " + rows);
      }
      report.verified("every round added " + rows + " rows; the view shows " + live);
      visible(source, product, scale.of(40, 8), report);
    }
    return report;
  }

  private static Product start(Servers source, int rows) throws Exception {
    new Workload(source, Shape.NARROW, rows);
    return Product.start(source);
  }

  private static String documents(Servers source) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: narrow
        owner: bench
        type: postgresql
        config: {host: localhost, port: %d, database: narrow, user: postgres, password: {env: BACKLOT_SECRET_BENCH}}
        tables: {include: [public.item]}
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: items
        owner: bench
        steps:
          - {id: item, source: narrow.public.item}
          - {id: out, sink: iceberg, from: item, config: {table: bench.item, commit_interval: 1s}}
        """
        .formatted(source.postgres().port());
  }

  private static void dump(Product product, int rows, Side side) throws Exception {
    long before = product.lastCommit(TABLE);
    long begin = System.nanoTime();
    product.dump(Shape.NARROW.source());
    Waiting.until("a dump", () -> product.appendedSince(TABLE, before) >= rows);
    side.add(rows, System.nanoTime() - begin);
    if (product.appendedSince(TABLE, before) != rows) {
      throw new IllegalStateException("A dump added more rows than there are");
    }
  }

  /** Rows are committed while queries ask, one after the other, for what is new. */
  private static void visible(Servers source, Product product, int seconds, Report report)
      throws Exception {
    long first = 100_000_000;
    int count = seconds * PER_SECOND;
    long[] seenAt = new long[count];
    AtomicBoolean failed = new AtomicBoolean();
    CompletableFuture<Integer> queries =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return watch(product, first, seenAt, failed);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Commits commits;
    try {
      commits = Commits.run(source, Shape.NARROW, first, count, PER_SECOND);
    } catch (Exception e) {
      failed.set(true);
      throw e;
    }
    int asked = queries.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // What ran before the code was warm is left out.
    int cold = count / 8;
    long[] nanos = new long[count - cold];
    for (int i = cold; i < count; i++) {
      nanos[i - cold] = seenAt[i] - commits.returnedAt(first + i);
    }
    Latency latency = Latency.of("Backlot, commit to a query's answer", Role.OURS, nanos);
    report.add(
        new Latencies(
            "commit to visible, 1 s commits",
            List.of(latency),
            List.of(Bar.below("commit to visible, p99 ms", latency.p99(), BAR_VISIBLE_P99))));
    report.figure("rate reached", Math.round(commits.rate()) + " commits/s");
    report.figure("queries", asked + " one after the other, each of the view's rows not yet seen");
    report.verified("every one of " + count + " rows was returned by a query");
  }

  private static int watch(Product product, long first, long[] seenAt, AtomicBoolean failed)
      throws Exception {
    int asked = 0;
    int seen = 0;
    long lowest = first;
    long deadline = System.nanoTime() + Waiting.PATIENCE.toNanos();
    while (seen < seenAt.length && !failed.get()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Only " + seen + " rows became visible");
      }
      JsonNode rows = product.query("SELECT id FROM bench.item_latest WHERE id >= " + lowest);
      long now = System.nanoTime();
      asked++;
      for (JsonNode row : rows) {
        int index = (int) (row.get("id").asLong() - first);
        if (seenAt[index] == 0) {
          seenAt[index] = now;
          seen++;
        }
      }
      while (lowest < first + seenAt.length && seenAt[(int) (lowest - first)] != 0) {
        lowest++;
      }
    }
    return asked;
  }
}
