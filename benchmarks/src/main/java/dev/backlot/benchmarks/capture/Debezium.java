package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.child.Child;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.capture.log.KafkaClients;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Debezium's embedded engine in a process of its own, with its own class path. */
final class Debezium {
  static final List<String> JVM = List.of("-Xmx2g", "-XX:+UseParallelGC");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String MAIN = "dev.backlot.benchmarks.debezium.DebeziumProcess";

  private final Servers servers;
  private final Child child;

  Debezium(Servers servers) {
    this.servers = servers;
    List<String> jvm = new ArrayList<>(JVM);
    new TreeMap<>(KafkaClients.producerSettings())
        .forEach((name, value) -> jvm.add("-Dproducer." + name + "=" + value));
    jvm.add("-Dproducer.bootstrap.servers=" + servers.bootstrapServers());
    this.child = servers.child("debezium", jvm, classPath(), MAIN);
  }

  private static String classPath() {
    String given = System.getProperty("backlot.bench.debezium", "");
    return given.isEmpty()
        ? Path.of(System.getProperty("backlot.dist", "."), "benchmarks-debezium", "lib", "*")
            .toString()
        : given;
  }

  /** Creates the topic of a table. */
  void add(Shape shape) throws Exception {
    TopicWatch.create(servers.bootstrapServers(), topic(shape));
  }

  static String topic(Shape shape) {
    return "debezium_" + shape.database() + ".public.item";
  }

  /** Starts the streaming from its slot, which is created at the first time. */
  void stream(Shape shape) {
    start(shape, "no_data", "debezium_" + shape.database(), false);
  }

  /** Starts a snapshot, after which it does nothing more. */
  void snapshot(Shape shape) {
    start(shape, "initial_only", "debezium_snapshot", true);
  }

  /**
   * Lets incremental snapshots of a table be asked for: they need a table of signals to write to.
   */
  void allowIncremental(Shape shape) throws SQLException {
    servers.execute(
        shape.database(),
        "CREATE TABLE debezium_signal"
            + " (id varchar(64) PRIMARY KEY, type varchar(32), data varchar(2048))",
        "ALTER PUBLICATION debezium ADD TABLE debezium_signal");
  }

  /** Starts the streaming beside which {@link #incremental} works. */
  void streamWithSignals(Shape shape) {
    start(
        shape,
        "no_data",
        "debezium_" + shape.database(),
        false,
        "signal.data.collection=public.debezium_signal",
        // Windows by the server's snapshots, without writing watermarks into the log.
        "read.only=true");
  }

  /** What an incremental snapshot did: rows that were read, and those of them that were sent. */
  record Incremental(long read, long sent) {}

  /** Takes an incremental snapshot of the table while streaming; ends with its acknowledgement. */
  Incremental incremental(Shape shape) throws SQLException {
    servers.execute(
        shape.database(),
        "INSERT INTO debezium_signal VALUES (gen_random_uuid()::text, 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.item\"], \"type\": \"incremental\"}')");
    String[] rows = child.ask(Duration.ofMinutes(5), "incremental").split(" ");
    return new Incremental(Long.parseLong(rows[0]), Long.parseLong(rows[1]));
  }

  /** Waits until Kafka has everything committed by now; while streaming with signals. */
  void drain(Shape shape) throws SQLException {
    servers.execute(
        shape.database(),
        "INSERT INTO debezium_signal VALUES (gen_random_uuid()::text, 'drain', '')");
    child.ask(PATIENCE, "drained");
  }

  private void start(Shape shape, String mode, String slot, boolean drop, String... more) {
    List<String> words = new ArrayList<>(settings(shape, mode, slot, drop));
    words.add(0, "start");
    words.addAll(List.of(more));
    String tried = System.getProperty("backlot.bench.debezium.options", "");
    if (!tried.isEmpty()) {
      words.addAll(List.of(tried.split(" ")));
    }
    child.ask(PATIENCE, words.toArray(String[]::new));
  }

  private List<String> settings(Shape shape, String mode, String slot, boolean drop) {
    return List.of(
        "snapshot.mode=" + mode,
        "database.hostname=127.0.0.1",
        "database.port=" + servers.postgres().port(),
        "database.user=" + servers.postgres().user(),
        "database.password=" + servers.postgres().password(),
        "database.dbname=" + shape.database(),
        "table.include.list=public.item",
        "publication.name=debezium",
        "slot.name=" + slot,
        "slot.drop.on.stop=" + drop,
        "topic.prefix=debezium_" + shape.database(),
        "offset.storage.file.filename="
            + servers.directory().resolve("offsets-" + shape.database() + "-" + mode));
  }

  void stop() {
    child.ask(PATIENCE, "stop");
  }

  ProcessHandle process() {
    return child.process();
  }
}
