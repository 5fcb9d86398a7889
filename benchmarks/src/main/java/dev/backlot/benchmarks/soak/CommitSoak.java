package dev.backlot.benchmarks.soak;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import dev.backlot.warehouse.maintenance.TableHealth;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.RowShape;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Commits to one table as often as a day of commits every second does more than half of, with
 * maintenance beside it, and compares the first hundred commits and the queries among them with the
 * last hundred. Then the same for few commits without maintenance, as a contrast.
 */
final class CommitSoak {
  private static final int KEYS = 100_000;
  private static final int ROWS_PER_COMMIT = 20;
  private static final int WINDOW = 100;
  private static final int LOOK = 5000;
  private static final double BAR = 1.5;
  private static final Duration PACE = Duration.ofMillis(200);

  private final int commits;
  private final int contrast;
  private final Duration longest;
  private final PrintStream out;
  private final Random random = new Random(1);

  /**
   * Prepares a soak.
   *
   * @param contrast commits without maintenance; 0 for none
   * @param longest after which no more commits are made with maintenance
   */
  CommitSoak(int commits, int contrast, Duration longest, PrintStream out) {
    this.commits = commits;
    this.contrast = contrast;
    this.longest = longest;
    this.out = out;
  }

  /** The figures of a hundred commits and of the queries among them, in nanoseconds. */
  private record Window(Series file, Series commit, Series lookup, Series count) {
    Window() {
      this(new Series(), new Series(), new Series(), new Series());
    }
  }

  /** Returns whether latencies stayed within the bar and the table says what it should. */
  boolean run() throws Exception {
    Path directory = Files.createTempDirectory("backlot-soak-");
    try (PostgresServer postgres =
            PostgresServer.temporary()
                .setting("fsync", "on")
                .setting("synchronous_commit", "on")
                .start();
        LakeCatalog lake = LakeCatalog.open(settings(postgres, directory));
        QueryService queries =
            new QueryService(
                lake,
                new QuerySettings(
                    "", directory.resolve("query"), 2, 1024, 2, Duration.ofMinutes(10)))) {
      boolean healthy = maintained(lake, queries, directory);
      if (contrast > 0) {
        unmaintained(lake, queries, directory);
      }
      return healthy;
    } finally {
      new LocalFileIO().deletePrefix("file://" + directory);
    }
  }

  private static LakeSettings settings(PostgresServer postgres, Path directory) {
    return new LakeSettings(
        postgres.jdbcUrl("postgres"),
        postgres.user(),
        postgres.password(),
        "file://" + directory + "/warehouse");
  }

  private boolean maintained(LakeCatalog lake, QueryService queries, Path directory)
      throws Exception {
    out.printf(
        Locale.ROOT,
        "%d commits of %d changes to a table of %d keys, with maintenance%n",
        commits,
        ROWS_PER_COMMIT,
        KEYS);
    // Files go soon after their snapshots, since a day passes here in minutes.
    MaintenanceSettings settings =
        MaintenanceSettings.DEFAULT.withFileAges(Duration.ofMinutes(1), Duration.ofHours(1));
    TableMaintenance maintenance =
        new TableMaintenance(
            lake,
            new ReleasedFiles(),
            settings,
            directory.resolve("maintenance"),
            "",
            Clock.systemUTC());
    MovieTable table = new MovieTable(lake, new TableName("soak", "movie"), KEYS);
    table.fill();
    warm(table, queries);
    long begin = System.nanoTime();
    try (MaintenanceLoop loop = new MaintenanceLoop(maintenance, table.name())) {
      Window first = window(table, queries);
      long end = begin + longest.toNanos();
      int done = 2 * WINDOW;
      for (; done < commits && System.nanoTime() < end; done++) {
        table.change(ROWS_PER_COMMIT);
        if (done % LOOK == 0) {
          Window between = window(table, queries);
          done += WINDOW;
          out.printf(
              Locale.ROOT,
              "%6d commits after %.0f s: commit %.1f, lookup %.1f, count %.1f ms; %s%n",
              done,
              (System.nanoTime() - begin) / 1e9,
              between.commit().at(0.5),
              between.lookup().at(0.5),
              between.count().at(0.5),
              describe(maintenance.health(table.name())));
        }
      }
      Window last = window(table, queries);
      out.printf(Locale.ROOT, "%d commits took %.0f s%n", done, (System.nanoTime() - begin) / 1e9);
      loop.stop();
      out.println(loop.summary());
      out.println(describe(maintenance.health(table.name())));
      return compare(first, last) & isRight(lake, queries, table);
    }
  }

  private void unmaintained(LakeCatalog lake, QueryService queries, Path directory)
      throws Exception {
    out.printf("%n%d commits without maintenance, as a contrast%n", contrast);
    MovieTable table = new MovieTable(lake, new TableName("soak", "left_alone"), KEYS);
    table.fill();
    warm(table, queries);
    Window first = window(table, queries);
    for (int done = 2 * WINDOW; done < contrast; done++) {
      table.change(ROWS_PER_COMMIT);
    }
    Window last = window(table, queries);
    TableMaintenance looking =
        new TableMaintenance(
            lake,
            new ReleasedFiles(),
            MaintenanceSettings.DEFAULT,
            directory.resolve("looking"),
            "",
            Clock.systemUTC());
    out.println(describe(looking.health(table.name())));
    compare(first, last);
  }

  /** Classes are loaded and compiled before anything is measured, on a table of its own. */
  private void warm(MovieTable table, QueryService queries) {
    for (int i = 0; i < 20; i++) {
      lookup(table, queries);
      count(table, queries);
    }
  }

  /** A hundred commits at a steady pace, with a lookup and a count after every fifth. */
  private Window window(MovieTable table, QueryService queries) throws Exception {
    Window window = new Window();
    for (int i = 0; i < WINDOW; i++) {
      long next = System.nanoTime() + PACE.toNanos();
      MovieTable.Took took = table.change(ROWS_PER_COMMIT);
      window.file().add(took.fileNanos());
      window.commit().add(took.commitNanos());
      if (i % 5 == 4) {
        window.lookup().add(lookup(table, queries));
        window.count().add(count(table, queries));
      }
      while (System.nanoTime() < next) {
        Thread.sleep(1);
      }
    }
    return window;
  }

  private long lookup(MovieTable table, QueryService queries) {
    return time(
        queries,
        "SELECT * FROM " + table.name().latest() + " WHERE movie_id = " + random.nextInt(KEYS));
  }

  private static long count(MovieTable table, QueryService queries) {
    return time(queries, "SELECT count(*) FROM " + table.name().latest());
  }

  private static long time(QueryService queries, String sql) {
    long begin = System.nanoTime();
    try (QueryResult result = queries.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      result.toList();
    }
    return System.nanoTime() - begin;
  }

  private boolean compare(Window first, Window last) {
    out.printf("%-28s %10s %10s %8s%n", "milliseconds", "first 100", "last 100", "ratio");
    line("write the file, p50", first.file().at(0.5), last.file().at(0.5));
    boolean within = line("commit, p50", first.commit().at(0.5), last.commit().at(0.5));
    within &= line("commit, p99", first.commit().at(0.99), last.commit().at(0.99));
    within &= line("point lookup, p50", first.lookup().at(0.5), last.lookup().at(0.5));
    within &= line("count of _latest, p50", first.count().at(0.5), last.count().at(0.5));
    out.println(within ? "within " + BAR : "NOT within " + BAR);
    return within;
  }

  private boolean line(String what, double first, double last) {
    double ratio = last / first;
    out.printf(Locale.ROOT, "%-28s %10.1f %10.1f %8.2f%n", what, first, last, ratio);
    return ratio <= BAR;
  }

  private boolean isRight(LakeCatalog lake, QueryService queries, MovieTable table)
      throws IOException {
    String raw = table.name().toString();
    String latest = table.name().latest().toString();
    long live = number(queries, "SELECT count(*) FROM " + latest);
    long keys = number(queries, "SELECT count(DISTINCT movie_id) FROM " + latest);
    long doubled =
        number(
            queries,
            "SELECT count(*) - count(DISTINCT (_source, _epoch, _partition, _offset)) FROM " + raw);
    boolean marked =
        SnapshotMarks.nearest(SnapshotUtil.currentAncestors(lake.load(table.name())))
            .filter(table.marks()::equals)
            .isPresent();
    out.printf(
        "live rows %d, expected %d; rows of one offset beyond the first: %d; marks %s%n",
        live, table.live(), doubled, marked ? "intact" : "LOST");
    return live == table.live() && keys == live && doubled == 0 && marked;
  }

  private static long number(QueryService queries, String sql) {
    try (QueryResult result = queries.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      return result.toList().get(0).get(0).asLong();
    }
  }

  private static String describe(TableHealth health) {
    return String.format(
        Locale.ROOT,
        "%d rows in %d files (%d small, %.1f MB), %d manifests, %d snapshots, metadata %.0f KB",
        health.rows(),
        health.files(),
        health.smallFiles(),
        health.bytes() / 1e6,
        health.manifests(),
        health.snapshots(),
        health.metadataBytes() / 1e3);
  }
}
