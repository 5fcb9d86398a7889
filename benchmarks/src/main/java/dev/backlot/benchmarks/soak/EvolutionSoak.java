package dev.backlot.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.benchmarks.soak.EvolvingTable.Change;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Difference;
import dev.backlot.checker.Verdict;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes tables at random while they are written to and pipelines read them, most of which take
 * every column. No pipeline may stand still, and at the end every table holds what its Source does.
 */
final class EvolutionSoak {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration LONGEST_STALL = Duration.ofSeconds(30);
  private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long CHANGE_MILLIS = 500;
  private static final int MOST_TABLES = 20;
  private static final int STATEMENTS_PER_TABLE = 5;
  private static final int ONE_OPTED_OUT_IN = 4;
  private static final int WRITERS = 2;
  private static final String CONFIG = "flink: {slots: 64}\nmemory: {data_plane: 1500m}\n";

  private final int statements;
  private final long seed;
  private final PrintStream out;
  private final List<EvolvingTable> tables = new ArrayList<>();
  private final AtomicReference<SQLException> failure = new AtomicReference<>();
  private volatile boolean writing = true;

  /** Prepares a soak; the seed decides what becomes of the tables. */
  EvolutionSoak(int statements, long seed, PrintStream out) {
    this.statements = statements;
    this.seed = seed;
    this.out = out;
    int number = Math.max(2, Math.min(MOST_TABLES, statements / STATEMENTS_PER_TABLE));
    for (int i = 0; i < number; i++) {
      tables.add(new EvolvingTable(i));
    }
  }

  /** Returns whether no pipeline stood still, and all tables are as their Sources. */
  boolean run() throws Exception {
    out.printf("%d statements on %d tables, seed %d%n", statements, tables.size(), seed);
    Path directory = Files.createTempDirectory("backlot-soak-evolution-");
    Path config = Files.writeString(directory.resolve("config.yaml"), CONFIG);
    Random random = new Random(seed);
    try (PostgresServer source = PostgresServer.temporary().start()) {
      try (Connection connection = source.connect();
          Statement statement = connection.createStatement()) {
        for (EvolvingTable table : tables) {
          table.create(statement, random);
        }
      }
      try (Platform platform =
          Platform.launch(
                  "up",
                  directory.resolve("data"),
                  Platform.freePorts(),
                  List.of("--config", config.toString()),
                  Map.of("BACKLOT_SECRET_SOAK", source.password()))
              .awaitUp()) {
        SoakRest rest = new SoakRest(platform.url());
        rest.apply(documents(source));
        boolean moving = change(source, rest, random);
        return equal(source, platform, rest) & moving;
      }
    } finally {
      SoakFiles.delete(directory);
    }
  }

  private String documents(PostgresServer source) {
    StringBuilder documents =
        new StringBuilder(
            """
            apiVersion: backlot/v1
            kind: Connection
            name: soak
            owner: soak
            type: postgresql
            config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_SOAK}}
            tables: {include: [public.*]}
            """
                .formatted(source.port()));
    for (EvolvingTable table : tables) {
      documents.append(pipeline(table.name(), table.name(), ""));
      if (optedOut(table)) {
        documents.append(pipeline(table.name() + "_some", table.name(), "consumes: [v], "));
      }
    }
    return documents.toString();
  }

  private boolean optedOut(EvolvingTable table) {
    return tables.indexOf(table) % ONE_OPTED_OUT_IN == 0;
  }

  private List<String> pipelines() {
    List<String> names = new ArrayList<>();
    for (EvolvingTable table : tables) {
      names.add(table.name());
      if (optedOut(table)) {
        names.add(table.name() + "_some");
      }
    }
    return names;
  }

  private static String pipeline(String name, String table, String consumes) {
    return """
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        owner: soak
        audit: {every: off}
        steps:
          - {id: rows, source: soak.public.%2$s}
          - {id: out, sink: iceberg, from: rows, %3$sconfig: {table: soak.%1$s, commit_interval: 1s}}
        """
        .formatted(name, table, consumes);
  }

  /** Changes and writes; returns whether every pipeline moved on all the time. */
  private boolean change(PostgresServer source, SoakRest rest, Random random) throws Exception {
    until("first rows", () -> pipelines().stream().allMatch(name -> newest(rest, name) > 0));
    Map<String, JsonNode> before = rest.statuses();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Random own = new Random(seed + i + 1);
      writers.add(new Thread(() -> write(source, own), "soak-writer"));
      writers.get(i).start();
    }
    Map<String, Integer> kinds = new TreeMap<>();
    try (StallWatch watch = new StallWatch(pipelines(), name -> newest(rest, name));
        Connection connection = source.connect()) {
      for (int i = 0; i < statements; i++) {
        EvolvingTable table = tables.get(random.nextInt(tables.size()));
        Change change = table.change(connection, random);
        kinds.merge(change.kind(), 1, Integer::sum);
        TimeUnit.MILLISECONDS.sleep(CHANGE_MILLIS);
      }
      Map<String, Long> written = written(source);
      until(
          "all to arrive",
          () ->
              pipelines().stream()
                  .allMatch(
                      n -> newest(rest, n) >= written.getOrDefault(source(n), Long.MAX_VALUE)));
      out.println(kinds);
      StallWatch.Stall worst = watch.worst();
      out.printf("longest stall: %.1f s of %s%n", worst.seconds(), worst.pipeline());
      Map<String, JsonNode> after = rest.statuses();
      long disturbed =
          pipelines().stream()
              .filter(name -> name.endsWith("_some"))
              .filter(name -> !job(before, name).equals(job(after, name)))
              .peek(
                  name ->
                      out.println("Disturbed: " + name + " " + before.get(name) + after.get(name)))
              .count();
      return worst.seconds() <= LONGEST_STALL.toSeconds() && disturbed == 0;
    } finally {
      writing = false;
      for (Thread writer : writers) {
        writer.join();
      }
    }
  }

  /** Returns id and start of a pipeline's job, empty when there is none. */
  private static String job(Map<String, JsonNode> statuses, String pipeline) {
    return Optional.ofNullable(statuses.get(pipeline))
        .map(status -> status.at("/jobs/0"))
        .map(job -> job.path("id").asText() + job.path("started_at").asText())
        .orElse("");
  }

  private static String source(String pipeline) {
    return pipeline.replace("_some", "");
  }

  private Map<String, Long> written(PostgresServer source) throws SQLException {
    Map<String, Long> written = new TreeMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      for (EvolvingTable table : tables) {
        written.put(table.name(), table.writes(statement));
      }
    }
    return written;
  }

  private static long newest(SoakRest rest, String pipeline) {
    return rest.number("SELECT max(v) AS v FROM soak." + pipeline);
  }

  private void write(PostgresServer source, Random random) {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      while (writing) {
        tables.get(random.nextInt(tables.size())).write(statement, random);
        LockSupport.parkNanos(WRITE_NANOS);
      }
    } catch (SQLException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Compares every table with its Source as it is, then with all columns written, then audits. */
  private boolean equal(PostgresServer source, Platform platform, SoakRest rest) throws Exception {
    if (failure.get() != null) {
      throw failure.get();
    }
    boolean equal = compare(source, platform, rest, false);
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      for (EvolvingTable table : tables) {
        table.touch(statement);
      }
    }
    equal &= compare(source, platform, rest, true);
    for (EvolvingTable table : tables) {
      Platform.Result audit = platform.run(new String[] {"audit", "soak." + table.name()});
      if (audit.exitCode() != 0) {
        equal = false;
        out.println("Audit of " + table.name() + ": " + audit.out() + audit.err());
      }
    }
    out.println(equal ? "all tables are equal, all audits agree" : "NOT EQUAL");
    return equal;
  }

  private boolean compare(PostgresServer source, Platform platform, SoakRest rest, boolean all)
      throws Exception {
    for (String pipeline : pipelines()) {
      until(pipeline + " to catch up", () -> rest.isCaughtUp(pipeline));
    }
    boolean equal = true;
    try (Connection connection = source.connect()) {
      Checker checker =
          new Checker(
              connection, new CommandTarget(Platform.root().resolve("backlot"), platform.url()));
      for (EvolvingTable table : tables) {
        List<String> columns = all ? table.allColumns() : table.settledColumns();
        equal &= compare(checker, table.name(), table.name(), columns);
        if (optedOut(table)) {
          equal &= compare(checker, table.name(), table.name() + "_some", List.of("id", "v"));
        }
      }
    }
    return equal;
  }

  private boolean compare(Checker checker, String table, String pipeline, List<String> columns)
      throws Exception {
    Verdict verdict =
        checker.compareCounted("public", table, "true", "soak." + pipeline + "_latest", columns);
    List<Difference> doubled = checker.duplicates("soak." + pipeline);
    if (!verdict.equal() || !doubled.isEmpty()) {
      out.println(pipeline + ": " + verdict + " " + doubled);
    }
    return verdict.equal() && doubled.isEmpty();
  }

  /** Something that becomes true. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}
