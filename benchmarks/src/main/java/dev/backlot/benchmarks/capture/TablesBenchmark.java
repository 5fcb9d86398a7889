package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What the capture of two hundred tables needs of memory: all are dumped at once while changes to
 * all of them flow, in a process whose heap can't grow beyond what is asked for.
 */
public final class TablesBenchmark implements Benchmark {
  private static final int TABLES = 200;
  private static final long HEAP_MEGABYTES = 256;
  private static final String DATABASE = "many";
  private static final int ROWS_PER_CHANGE = 10;
  private static final int TABLES_PER_TRANSACTION = 20;

  /** One of each shape is larger than several chunks. */
  private static final int LARGE = Shape.values().length;

  /**
   * A table.
   *
   * @param rows before anything is captured
   */
  private record Table(String name, Shape shape, int rows) {
    String source() {
      return DATABASE + ".public." + name;
    }
  }

  @Override
  public String title() {
    return "memory of the worker for a connection of " + TABLES + " tables, all dumped and written";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured("Backlot's heap", "-Xmx" + HEAP_MEGABYTES + "m instead");
    List<Table> tables = tables(scale);
    long rows = tables.stream().mapToLong(Table::rows).sum();
    report.configured(
        "tables",
        TABLES
            + ": half narrow, a quarter wide (100 columns), a quarter jsonb; "
            + rows
            + " rows in all, a large one of each shape");
    try (Servers servers = Servers.start()) {
      create(servers, tables);
      OurCapture ours = new OurCapture(servers, "-Xmx" + HEAP_MEGABYTES + "m");
      ours.start();
      Map<String, String> topics = ours.addAll(DATABASE, TABLES);
      report.figure("captured, nothing going on", ours.memory().text());

      int rounds = scale.of(60, 5);
      CompletableFuture<Long> writing =
          CompletableFuture.supplyAsync(() -> change(servers, tables, 0, rounds));
      long begin = System.nanoTime();
      long dumped = ours.dumpAll(DATABASE);
      double seconds = (System.nanoTime() - begin) / 1e9;
      long changes = writing.join();
      Memory dumping = ours.memory();
      report.figure(
          "dumped while written to",
          String.format(
              Locale.ROOT,
              "%,d rows of %d tables in %.1f s, beside %,d changes; %s",
              dumped,
              TABLES,
              seconds,
              changes,
              dumping.text()));

      begin = System.nanoTime();
      long more = change(servers, tables, rounds, rounds);
      ours.drain(DATABASE);
      seconds = (System.nanoTime() - begin) / 1e9;
      Memory streaming = ours.memory();
      report.figure(
          "streamed",
          String.format(
              Locale.ROOT,
              "%,d changes of all tables in %.1f s, written meanwhile; %s",
              more,
              seconds,
              streaming.text()));
      verify(servers, tables, topics, report);
      report.add(
          Bar.below(
              "the worker's heap for " + TABLES + " tables, MB, at its fullest (-Xmx)",
              Memory.megabytes(Math.max(dumping.peak(), streaming.peak())),
              HEAP_MEGABYTES));
    }
    return report;
  }

  private static List<Table> tables(Scale scale) {
    List<Table> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      Shape shape =
          switch (i % 4) {
            case 0 -> Shape.WIDE;
            case 1 -> Shape.JSONB;
            default -> Shape.NARROW;
          };
      int small = shape == Shape.NARROW ? scale.of(8_000, 1_000) : scale.of(2_000, 300);
      int rows = i < LARGE ? scale.of(100_000, 21_000) : small;
      tables.add(new Table(String.format(Locale.ROOT, "t%03d", i), shape, rows));
    }
    return tables;
  }

  private static void create(Servers servers, List<Table> tables) throws SQLException {
    servers.execute("postgres", "CREATE DATABASE " + DATABASE);
    List<String> statements = new ArrayList<>();
    for (Table table : tables) {
      statements.add(table.shape.createTable(table.name));
      statements.add(table.shape.insert(table.name, "1", String.valueOf(table.rows)));
      statements.add("ANALYZE " + table.name);
    }
    servers.execute(DATABASE, statements.toArray(String[]::new));
  }

  /** Inserts into every table and updates it, round by round, and returns how many changes. */
  private static long change(Servers servers, List<Table> tables, int first, int rounds) {
    try {
      for (int round = first; round < first + rounds; round++) {
        List<String> statements = new ArrayList<>(List.of("SET synchronous_commit = off", "BEGIN"));
        for (int i = 0; i < tables.size(); i++) {
          Table table = tables.get(i);
          long from = table.rows + 1L + (long) round * ROWS_PER_CHANGE;
          statements.add(
              table.shape.insert(
                  table.name, String.valueOf(from), String.valueOf(from + ROWS_PER_CHANGE - 1)));
          long old = 1L + (long) round * ROWS_PER_CHANGE % (table.rows - ROWS_PER_CHANGE);
          statements.add(
              "UPDATE %s SET %s WHERE id BETWEEN %d AND %d"
                  .formatted(table.name, table.shape.change(), old, old + ROWS_PER_CHANGE - 1));
          if (i % TABLES_PER_TRANSACTION == TABLES_PER_TRANSACTION - 1) {
            statements.add("COMMIT");
            statements.add("BEGIN");
          }
        }
        statements.add("COMMIT");
        servers.execute(DATABASE, statements.toArray(String[]::new));
      }
      return 2L * ROWS_PER_CHANGE * rounds * tables.size();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void verify(
      Servers servers, List<Table> tables, Map<String, String> topics, Report report)
      throws SQLException {
    Map<String, TopicState.Fold> folds = new HashMap<>();
    for (Table table : tables) {
      folds.put(topic(topics, table), new TopicState.Fold(table.shape));
    }
    try (TopicWatch watch =
        new TopicWatch(servers.bootstrapServers(), List.copyOf(folds.keySet()))) {
      watch.read(record -> fold(folds, record.topic()).take(record));
    }
    long rows = 0;
    for (Table table : tables) {
      TopicState state = fold(folds, topic(topics, table)).state();
      TopicState expected =
          TopicState.ofTable(servers, DATABASE, table.shape, table.name, state.records(), "true");
      rows += state.check(table.source(), expected).rows();
    }
    report.verified(
        "what is left in the topics of "
            + tables.size()
            + " tables are their "
            + rows
            + " rows, by their ids and counters");
  }

  private static String topic(Map<String, String> topics, Table table) {
    return Objects.requireNonNull(topics.get(table.source()), table.source());
  }

  private static TopicState.Fold fold(Map<String, TopicState.Fold> folds, String topic) {
    return Objects.requireNonNull(folds.get(topic), topic);
  }
}
