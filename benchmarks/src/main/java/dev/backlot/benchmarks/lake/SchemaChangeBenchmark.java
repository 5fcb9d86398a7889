package dev.backlot.benchmarks.lake;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A column is added to a table under constant writes, again and again: how long until a query sees
 * it, and how long the pipelines stand still, that take every column or only some.
 */
public final class SchemaChangeBenchmark implements Benchmark {
  private static final double BAR_PAUSE_P99 = 3_000;
  private static final int PER_SECOND = 200;
  private static final String ALL = "bench.all_columns";
  private static final String SOME = "bench.some_columns";

  @Override
  public String title() {
    return "a new column: committed to visible, and the pause of pipelines that take it or not";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    int rounds = scale.of(40, 5);
    long windowMillis = scale.of(8_000, 6_000);
    Report report = new Report();
    report
        .configured("source", Servers.POSTGRES)
        .configured("product", "./backlot up with its defaults, two pipelines, 1 s commits")
        .configured(
            "load",
            PER_SECOND
                + " single inserts/s; "
                + rounds
                + " times ADD COLUMN, each "
                + windowMillis
                + " ms after the one before, with a window without DDL before each");
    try (Servers source = Servers.start();
        Product product = start(source)) {
      product.apply(documents(source));
      Waiting.until("both pipelines", () -> product.rows(ALL) > 0 && product.rows(SOME) > 0);
      try (Inserts inserts = new Inserts(source)) {
        measure(source, product, rounds, windowMillis, report);
        inserts.check();
      }
    }
    return report;
  }

  private static Product start(Servers source) throws Exception {
    execute(
        source,
        "CREATE TABLE evolving (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)",
        "INSERT INTO evolving (note) SELECT 'first' FROM generate_series(1, 1000)");
    return Product.start(source);
  }

  private static void execute(Servers source, String... statements) throws SQLException {
    try (Connection connection = source.postgres().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String documents(Servers source) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: evolves
        owner: bench
        type: postgresql
        config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_BENCH}}
        tables: {include: [public.evolving]}
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: all_columns
        owner: bench
        steps:
          - {id: rows, source: evolves.public.evolving}
          - {id: out, sink: iceberg, from: rows, config: {table: bench.all_columns, commit_interval: 1s}}
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: some_columns
        owner: bench
        steps:
          - {id: rows, source: evolves.public.evolving}
          - {id: out, sink: iceberg, from: rows, consumes: [note], config: {table: bench.some_columns, commit_interval: 1s}}
        """
        .formatted(source.postgres().port());
  }

  private static void measure(
      Servers source, Product product, int rounds, long windowMillis, Report report)
      throws Exception {
    String someJob = product.job("some_columns");
    String allJob = product.job("all_columns");
    long[] visible = new long[rounds];
    long[] allControl = new long[rounds];
    long[] someControl = new long[rounds];
    long[] allAround = new long[rounds];
    long[] someAround = new long[rounds];
    try (Gaps all = new Gaps(product, ALL);
        Gaps some = new Gaps(product, SOME)) {
      for (int i = 0; i < rounds; i++) {
        all.begin();
        some.begin();
        TimeUnit.MILLISECONDS.sleep(windowMillis);
        allControl[i] = all.longest();
        someControl[i] = some.longest();
        all.begin();
        some.begin();
        long window = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(windowMillis);
        visible[i] = addColumn(source, product, "c" + i);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, window - System.nanoTime()));
        allAround[i] = all.longest();
        someAround[i] = some.longest();
      }
    }
    if (!product.job("some_columns").equals(someJob) || product.job("all_columns").equals(allJob)) {
      throw new IllegalStateException("The wrong pipeline was upgraded");
    }
    report.verified("the pipeline that takes some columns ran the same job all the time");
    report.add(
        new Latencies(
            "first row with a new column, committed to a query's answer",
            List.of(Latency.of("Backlot", Role.OURS, visible)),
            List.of()));
    report.add(
        new Latencies(
            "longest time without a new row visible",
            List.of(
                Latency.of("every column taken, no DDL", Role.OURS, allControl),
                Latency.of("every column taken, one is added", Role.OURS, allAround),
                Latency.of("some columns taken, no DDL", Role.OURS, someControl),
                Latency.of("some columns taken, one is added", Role.OURS, someAround)),
            List.of()));
    Latency pause = Latency.of("pause", Role.OURS, pauses(allAround, allControl));
    report.figure(
        "pause by the upgrade", "p50 %.0f ms, p99 %.0f ms".formatted(pause.p50(), pause.p99()));
    report.add(Bar.below("pause by the upgrade, p99 ms", pause.p99(), BAR_PAUSE_P99));
  }

  /** What a round's longest time is above the median of those without DDL. */
  private static long[] pauses(long[] around, long[] control) {
    long[] sorted = control.clone();
    java.util.Arrays.sort(sorted);
    long usual = sorted[(sorted.length - 1) / 2];
    long[] pauses = new long[around.length];
    for (int i = 0; i < around.length; i++) {
      pauses[i] = Math.max(0, around[i] - usual);
    }
    return pauses;
  }

  /** Returns nanoseconds from the commit of the first row with the column to a query's answer. */
  private static long addColumn(Servers source, Product product, String column) throws Exception {
    execute(
        source,
        "ALTER TABLE evolving ADD COLUMN " + column + " int",
        "INSERT INTO evolving (note, " + column + ") VALUES ('new', 1)");
    long committed = System.nanoTime();
    Waiting.until(
        "column " + column,
        () -> product.number("SELECT count(" + column + ") AS n FROM " + ALL + "_latest") > 0);
    return System.nanoTime() - committed;
  }

  /** Inserts rows at a constant rate. */
  private static final class Inserts implements AutoCloseable {
    private final AtomicReference<SQLException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    Inserts(Servers source) {
      thread = new Thread(() -> run(source), "inserts");
      thread.start();
    }

    private void run(Servers source) {
      try (Connection connection = source.postgres().connect();
          Statement statement = connection.createStatement()) {
        long next = System.nanoTime();
        while (!closed) {
          statement.execute("INSERT INTO evolving (note) VALUES ('next')");
          next += TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
          LockSupport.parkNanos(next - System.nanoTime());
        }
      } catch (SQLException e) {
        failure.set(e);
      }
    }

    void check() throws SQLException {
      if (failure.get() != null) {
        throw failure.get();
      }
    }

    @Override
    public void close() throws InterruptedException {
      closed = true;
      thread.join();
    }
  }

  /** Asks a view for its newest row all the time, and notes how long there was no newer one. */
  private static final class Gaps implements AutoCloseable {
    private final Product product;
    private final String sql;
    private final List<Long> news = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "gaps");
    private long seen;
    private volatile boolean closed;

    Gaps(Product product, String table) {
      this.product = product;
      this.sql = "SELECT max(id) AS n FROM " + table + "_latest";
      thread.start();
    }

    private void run() {
      while (!closed) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        long newest = product.number(sql);
        synchronized (this) {
          if (newest > seen) {
            seen = newest;
            news.add(System.nanoTime());
          }
        }
      }
    }

    synchronized void begin() {
      news.clear();
      news.add(System.nanoTime());
    }

    /** Returns the longest time in nanoseconds since {@link #begin}. */
    synchronized long longest() {
      long longest = System.nanoTime() - news.get(news.size() - 1);
      for (int i = 1; i < news.size(); i++) {
        longest = Math.max(longest, news.get(i) - news.get(i - 1));
      }
      return longest;
    }

    @Override
    public void close() throws InterruptedException {
      closed = true;
      thread.join();
    }
  }
}
