package dev.backlot.benchmarks.lake;

import dev.backlot.benchmarks.capture.Shape;
import dev.backlot.benchmarks.capture.Side;
import dev.backlot.benchmarks.capture.Workload;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A full topic into a new table by a pipeline's job, beside writing the same rows to Parquet from
 * memory. The job is measured between its first commit and its last but one, by the commits' own
 * times: its start and the wait for a last, half empty interval are not its rate.
 */
public final class IcebergBenchmark implements Benchmark {
  private static final double BAR = 0.5;
  private static final int IN_MEMORY = 200_000;

  @Override
  public String title() {
    return "Kafka to Iceberg, beside writing the same rows to Parquet from memory";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    Report report = new Report();
    report
        .configured(
            "product",
            "./backlot up with its defaults; pipeline source → iceberg, parallelism "
                + threads
                + ", 300 ms commits, zstd Parquet")
        .configured(
            "limit",
            threads
                + " threads, rows in memory, FlinkParquetWriters with the table's properties, one"
                + " file each");
    for (Shape shape : List.of(Shape.NARROW, Shape.WIDE)) {
      int rows = shape.rows(scale.of(2_000_000, 600_000));
      report.add(measure(shape, rows, threads, scale.of(3, 1), report));
    }
    return report;
  }

  private static Comparison measure(Shape shape, int rows, int threads, int rounds, Report report)
      throws Exception {
    System.err.println("  " + shape.database());
    Side limit = new Side("Parquet from memory", Role.LIMIT);
    Side ours = new Side("Backlot, topic to table", Role.OURS);
    try (Servers source = Servers.start()) {
      new Workload(source, shape, rows);
      try (Product product = Product.start(source)) {
        product.apply(connection(source, shape));
        Waiting.until(
            "the Source", () -> product.state("sources", shape.source()).equals("streaming"));
        for (int round = 0; round <= rounds; round++) {
          String table = "bench." + shape.database() + round;
          product.apply(pipeline(shape, round, threads));
          Waiting.until("the rows of " + table, () -> product.rows(table) >= rows);
          if (product.rows(table) != rows) {
            throw new IllegalStateException(table + " has " + product.rows(table) + " rows");
          }
          Product.Filling filling = product.filling(table);
          ours.add(filling.rows(), filling.nanos());
          product.apply(pipeline(shape, round, threads).replace("steps:", "state: paused\nsteps:"));
          Path files = source.directory().resolve("parquet");
          long nanos =
              RawParquet.of(product.table(table), Math.min(rows, IN_MEMORY))
                  .write(rows, threads, files);
          limit.add(rows, nanos);
        }
      }
    }
    report.verified(shape.database() + ": every round's table has each of " + rows + " rows");
    return new Comparison(
        "Kafka to Iceberg, " + shape.database(),
        "rows/s",
        Side.series(limit, ours),
        OptionalDouble.of(BAR));
  }

  private static String connection(Servers source, Shape shape) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        owner: bench
        type: postgresql
        config: {host: localhost, port: %d, database: %s, user: postgres, password: {env: BACKLOT_SECRET_BENCH}}
        tables: {include: [public.item]}
        """
        .formatted(shape.database(), source.postgres().port(), shape.database());
  }

  private static String pipeline(Shape shape, int round, int parallelism) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s%2$d
        owner: bench
        steps:
          - {id: item, source: %1$s.public.item, parallelism: %3$d}
          - {id: out, sink: iceberg, from: item, config: {table: bench.%1$s%2$d, commit_interval: 300ms}}
        """
        .formatted(shape.database(), round, parallelism);
  }
}
