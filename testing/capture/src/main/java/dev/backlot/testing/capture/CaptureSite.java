package dev.backlot.testing.capture;

import dev.backlot.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What capture runs between: a source database, a metadata database, a broker and any number of
 * workers alone, each a process of its own, as an operator would start them.
 */
public final class CaptureSite implements AutoCloseable {
  /** The captured database, which the connection is named after. */
  public static final String CONNECTION = "studio";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String WORKER = "dev.backlot.server.worker.Worker";

  private final Path directory;
  private final String workerClassPath;
  private final List<JavaProcess> workers = new ArrayList<>();
  private final KafkaProcess kafka;
  private PostgresServer metadata;
  private volatile PostgresServer source;

  /** Who holds the connection's lease. */
  public record Owner(long generation, long pid) {}

  /**
   * Starts databases and broker, with an empty captured database.
   *
   * @param directory where all logs and the broker's data are
   * @param workerClassPath what a data plane runs with
   */
  public CaptureSite(Path directory, String workerClassPath) throws Exception {
    this.directory = directory;
    this.workerClassPath = workerClassPath;
    this.metadata = PostgresServer.temporary().start();
    this.source = PostgresServer.temporary().setting("max_connections", "50").start();
    execute(source.connect(), "CREATE DATABASE " + CONNECTION);
    this.kafka = new KafkaProcess(directory);
  }

  /** Returns the captured server as it is now. */
  public PostgresServer source() {
    return source;
  }

  /** Returns the broker. */
  public KafkaProcess kafka() {
    return kafka;
  }

  /** Starts a worker. */
  public JavaProcess startWorker() throws IOException {
    Path file = directory.resolve("worker.yaml");
    Files.writeString(
        file,
        """
        data_dir: %s
        metadata: {url: "%s", user: postgres, password: {env: BACKLOT_SECRET_SITE}}
        kafka: {bootstrap_servers: "%s", replication_factor: 1}
        """
            .formatted(directory, metadata.jdbcUrl(), kafka.bootstrapServers()));
    return startWorker(file);
  }

  /** Starts a worker with a configuration file. */
  public JavaProcess startWorker(Path file) throws IOException {
    String name = "worker-" + (workers.size() + 1);
    JavaProcess worker =
        JavaProcess.start(
            name,
            List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=dev/backlot/server/dataplane/logback-console.xml"),
            workerClassPath,
            WORKER,
            List.of("--config", file.toString()),
            Map.of("BACKLOT_SECRET_SITE", metadata.password()),
            directory.resolve(name + ".log"));
    workers.add(worker);
    return worker;
  }

  /** Asks for the captured database's tables, once a worker has prepared the metadata database. */
  public void apply(List<String> tables) throws Exception {
    Patience.until(
        "the metadata database's tables",
        PATIENCE,
        () -> number("SELECT count(to_regclass('capture_worker'))") == 1);
    String include =
        String.join(", ", tables.stream().map(table -> "\"public." + table + "\"").toList());
    String document =
        """
        {"apiVersion": "backlot/v1", "kind": "Connection", "name": "%1$s", "owner": "test",
         "type": "postgresql",
         "config": {"host": "127.0.0.1", "port": %2$d, "database": "%1$s", "user": "postgres",
                    "password": {"env": "BACKLOT_SECRET_SITE"}},
         "tables": {"include": [%3$s]}}
        """
            .formatted(CONNECTION, source.port(), include);
    try (Connection connection = metadata.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO document (kind, name, revision, spec)"
                    + " VALUES ('Connection', ?, 1, CAST(? AS jsonb))")) {
      insert.setString(1, CONNECTION);
      insert.setString(2, document);
      insert.executeUpdate();
    }
  }

  /** Waits until all of these tables stream, and returns each topic with its table. */
  public Map<String, String> awaitStreaming(List<String> tables) throws Exception {
    Patience.until(
        "tables to stream",
        PATIENCE,
        () -> number("SELECT count(*) FROM source WHERE state = 'streaming'") == tables.size());
    Map<String, String> topics = new HashMap<>();
    try (Connection connection = metadata.connect();
        PreparedStatement query =
            connection.prepareStatement("SELECT topic, table_name FROM source");
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        topics.put(row.getString(1), row.getString(2));
      }
    }
    return topics;
  }

  /** Asks for a dump of a table. */
  public void dump(String table) throws SQLException {
    execute(
        metadata.connect(),
        "INSERT INTO dump (source, epoch, connection) SELECT name, epoch, connection FROM source"
            + " WHERE table_name = '"
            + table
            + "'");
  }

  /** Returns how many dumps are asked for or under way. */
  public long openDumps() throws SQLException {
    return number("SELECT count(*) FROM dump WHERE state IN ('requested', 'running')");
  }

  /** Returns who captures, unless nobody does. */
  public Optional<Owner> owner() throws SQLException {
    try (Connection connection = metadata.connect();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT generation, pid FROM capture_lease l JOIN capture_worker w ON w.id ="
                    + " l.owner WHERE expires_at >= now()");
        ResultSet row = query.executeQuery()) {
      return row.next() ? Optional.of(new Owner(row.getLong(1), row.getLong(2))) : Optional.empty();
    }
  }

  /** Waits until a worker captures and another one stands by, and returns the first. */
  public JavaProcess awaitOwnerAndStandby() throws Exception {
    Patience.until(
        "a standby",
        PATIENCE,
        () ->
            number("SELECT count(*) FROM capture_worker WHERE seen_at > now() - interval '3 s'")
                >= 2);
    return awaitOwner();
  }

  /** Waits until a worker captures, and returns it. */
  public JavaProcess awaitOwner() throws Exception {
    return Patience.await(
        "an owner",
        PATIENCE,
        () ->
            owner()
                .flatMap(
                    owner ->
                        workers.stream()
                            .filter(worker -> worker.pid() == owner.pid() && worker.isAlive())
                            .findFirst()));
  }

  /** Kills the captured server with -9. */
  public void killSource() {
    source.kill();
  }

  /** Starts the captured server again. */
  public void startSourceAgain() {
    source = source.startAgain();
  }

  /** Returns the metadata database's server. */
  public PostgresServer metadata() {
    return metadata;
  }

  /** Starts the metadata database's server again. */
  public void startMetadataAgain() {
    metadata = metadata.startAgain();
  }

  /** Runs a statement in the metadata database. */
  public void inMetadata(String sql) throws SQLException {
    execute(metadata.connect(), sql);
  }

  /** Returns the number that a query of the metadata database gives. */
  public long number(String sql) throws SQLException {
    try (Connection connection = metadata.connect();
        PreparedStatement query = connection.prepareStatement(sql);
        ResultSet row = query.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection opened, String sql) throws SQLException {
    try (Connection connection = opened;
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  @Override
  public void close() {
    workers.forEach(JavaProcess::close);
    kafka.close();
    source.close();
    metadata.close();
  }
}
