package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.child.Child;
import dev.backlot.benchmarks.server.Servers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The product's capture in a process of its own. */
final class OurCapture {
  /** As the data plane's process is started. */
  static final List<String> JVM =
      List.of(
          "-Xmx1g",
          "-Xms32m",
          "-XX:+UseSerialGC",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-XX:ReservedCodeCacheSize=96m");

  private static final Duration PATIENCE = Duration.ofMinutes(11);

  private final Child child;
  private final int port;

  /**
   * Starts the process; capture is started by {@link #start}.
   *
   * @param options of the JVM, beyond the data plane's and instead of them
   */
  OurCapture(Servers servers, String... options) throws SQLException {
    servers.execute("postgres", "CREATE DATABASE metadata");
    this.port = servers.postgres().port();
    List<String> jvm = new ArrayList<>(JVM);
    jvm.addAll(List.of(options));
    String more = System.getProperty("backlot.bench.capture.options", "");
    if (!more.isEmpty()) {
      jvm.addAll(List.of(more.split(" ")));
    }
    this.child =
        servers.child(
            "capture",
            jvm,
            System.getProperty("java.class.path"),
            CaptureProcess.class.getName(),
            servers.postgres().jdbcUrl("metadata"),
            servers.postgres().user(),
            servers.postgres().password(),
            servers.bootstrapServers(),
            servers.directory().toString());
  }

  /** Begins to capture a table, and returns its topic. */
  String add(Shape shape) {
    child.ask(PATIENCE, "apply", shape.database(), String.valueOf(port), "public.item");
    return child.ask(PATIENCE, "await", shape.source());
  }

  /** Begins to capture all tables of a database, and returns their topics by their Sources. */
  Map<String, String> addAll(String database, int tables) {
    child.ask(PATIENCE, "apply", database, String.valueOf(port), "public.*");
    return Stream.of(child.ask(PATIENCE, "await-all", database, String.valueOf(tables)).split(" "))
        .map(pair -> pair.split("="))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  void start() {
    child.ask(PATIENCE, "start");
  }

  void stop() {
    child.ask(PATIENCE, "stop");
  }

  /** Waits until Kafka has everything committed by now. */
  void drain(Shape shape) {
    drain(shape.database());
  }

  /** Waits until Kafka has everything committed by now in a database. */
  void drain(String database) {
    child.ask(PATIENCE, "drain", database);
  }

  /** Dumps the table and returns how many rows that were. */
  long dump(Shape shape) {
    return Long.parseLong(child.ask(PATIENCE, "dump", shape.source()));
  }

  /** Dumps all tables of a database, asked for at once, and returns how many rows those were. */
  long dumpAll(String database) {
    return Long.parseLong(child.ask(PATIENCE, "dump-all", database));
  }

  /** Dumps the table again and again from now on. */
  void beginDumps(Shape shape) {
    child.ask(PATIENCE, "dump-begin", shape.source());
  }

  /** Rows of dumps, and how long these took. */
  record Dumped(long rows, long nanos) {}

  /** Ends dumps when the one under way is done. */
  Dumped endDumps() {
    String[] words = child.ask(PATIENCE, "dump-end").split(" ");
    return new Dumped(Long.parseLong(words[0]), Long.parseLong(words[1]));
  }

  /** Measures the process's memory after a full collection. */
  Memory memory() {
    return Memory.of(child.ask(PATIENCE, "memory"));
  }

  /** Reads the table as an audit does, as fast as it can, and returns how many rows that were. */
  long audit(Shape shape) {
    return Long.parseLong(child.ask(PATIENCE, "audit", shape.source(), "0"));
  }

  /** Audits the table again and again from now on. */
  void beginAudits(Shape shape, long rowsPerSecond) {
    child.ask(PATIENCE, "audit-begin", shape.source(), String.valueOf(rowsPerSecond));
  }

  /** Ends audits and returns how many rows they read. */
  long endAudits() {
    return Long.parseLong(child.ask(PATIENCE, "audit-end"));
  }

  /** Writes when records were acknowledged; see {@link Acknowledgements}. */
  void acknowledged(Path file) {
    child.ask(PATIENCE, "acknowledged", file.toString());
  }

  Child child() {
    return child;
  }
}
