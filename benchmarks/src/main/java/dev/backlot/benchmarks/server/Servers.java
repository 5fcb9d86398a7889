package dev.backlot.benchmarks.server;

import dev.backlot.benchmarks.child.Child;
import dev.backlot.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL with durable settings and a Kafka broker, each a process of its own, and children that
 * use them. Closing ends all and deletes what they kept.
 */
public final class Servers implements AutoCloseable {
  /** What PostgreSQL is told beyond the defaults, for every side. */
  public static final String POSTGRES =
      "fsync, synchronous_commit and full_page_writes on, shared_buffers 512MB, max_wal_size 16GB,"
          + " logical_decoding_work_mem 256MB";

  /** What the broker is. */
  public static final String BROKER =
      "one node, replication 1, flushed by the operating system, SerialGC, 512 MB heap";

  private final Path directory;
  private final PostgresServer postgres;
  private @Nullable Child broker;
  private String bootstrapServers = "";
  private final List<Child> children = new ArrayList<>();

  private Servers() throws IOException {
    directory = Files.createTempDirectory("backlot-bench-");
    postgres =
        PostgresServer.temporary()
            .setting("fsync", "on")
            .setting("shared_buffers", "512MB")
            .setting("max_wal_size", "16GB")
            .setting("checkpoint_timeout", "1h")
            .setting("logical_decoding_work_mem", "256MB")
            .setting("max_connections", "100")
            .start();
  }

  /** Starts PostgreSQL; the broker starts when it is asked for. */
  public static Servers start() throws IOException {
    return new Servers();
  }

  /** Starts a child that ends with these servers; its log stands in their directory. */
  public Child child(
      String name, List<String> jvmOptions, String classPath, String main, String... arguments) {
    Child child =
        Child.start(
            name,
            jvmOptions,
            classPath,
            main,
            List.of(arguments),
            directory.resolve(name + ".log"));
    children.add(child);
    return child;
  }

  /** Returns a directory that goes with the servers. */
  public Path directory() {
    return directory;
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public String bootstrapServers() {
    startedBroker();
    return bootstrapServers;
  }

  private Child startedBroker() {
    Child started = broker;
    if (started == null) {
      started =
          child(
              "broker",
              List.of("-Xmx512m", "-XX:+UseSerialGC"),
              System.getProperty("java.class.path"),
              BrokerProcess.class.getName());
      bootstrapServers = started.ask(Duration.ofMinutes(3), "servers");
      broker = started;
    }
    return started;
  }

  /** Returns the broker's process. */
  public ProcessHandle broker() {
    return startedBroker().process();
  }

  /** Runs statements in a database. */
  public void execute(String database, String... statements) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Returns the number that a query gives. */
  public long number(String database, String query) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() {
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
    postgres.close();
    if (Boolean.getBoolean("backlot.bench.keep")) {
      System.err.println("Kept " + directory);
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("Cannot delete " + directory + ": " + e.getMessage());
    }
  }
}
