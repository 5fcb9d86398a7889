package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what a pipeline needs, one thing after the other: each time the state is right and an
 * incident is there within a minute, and everything goes on when it is back.
 */
class PrerequisiteIT {
  private static final Logger LOG = LoggerFactory.getLogger(PrerequisiteIT.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration RECOVERY = Duration.ofSeconds(150);
  private static final String SPECS =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: needy
      owner: databases
      type: postgresql
      config: {host: localhost, port: %d, database: postgres, user: capturer, password: {env: BACKLOT_SECRET_NEEDY}}
      tables: {include: [public.part]}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: parts
      owner: reports
      steps:
        - {id: part, source: needy.public.part}
        - {id: out, sink: iceberg, from: part, config: {table: needy.part, commit_interval: 500ms}}
      """;

  private static PostgresServer source;
  private static KafkaProcess kafka;
  private static SmallDisk disk;
  private static Installation platform;
  private static Command command;
  private static Rest rest;
  private static int written;

  @BeforeAll
  static void start() throws Exception {
    source = PostgresServer.temporary().start();
    kafka = new KafkaProcess();
    disk = new SmallDisk(192);
    execute(
        "CREATE ROLE capturer LOGIN REPLICATION PASSWORD 'needy';"
            + "GRANT CREATE ON DATABASE postgres TO capturer;"
            + "CREATE TABLE part (id int PRIMARY KEY, name text NOT NULL);"
            + "ALTER TABLE part OWNER TO capturer;"
            + "INSERT INTO part SELECT g, 'part ' || g FROM generate_series(-100, -1) g");
    Path config = Files.createTempFile("needy-", ".yaml");
    Files.writeString(
        config,
        """
        kafka: {bootstrap_servers: "%s", replication_factor: 1}
        warehouse: {uri: "file://%s/warehouse"}
        memory: {data_plane: 768m}
        """
            .formatted(kafka.bootstrapServers(), disk.directory()));
    platform =
        Installation.up(
            Map.of("BACKLOT_SECRET_NEEDY", "needy"), List.of("--config", config.toString()));
    Files.delete(config);
    command = platform.command();
    rest = new Rest(platform.url());
    Result applied = command.apply(SPECS.formatted(source.port()));
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    awaitNewRow();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable resource : new AutoCloseable[] {platform, disk, kafka, source}) {
      if (resource != null) {
        resource.close();
      }
    }
  }

  /** Whatever was taken away, the table is what the source's is in the end. */
  @AfterEach
  void proveEquality() throws Exception {
    awaitNewRow();
    Awaitility.await("caught up")
        .atMost(RECOVERY)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> pipeline(true).path("caught_up").asBoolean());
    try (Connection connection = source.connect()) {
      Checker checker =
          new Checker(
              connection, new CommandTarget(Platform.root().resolve("backlot"), platform.url()));
      Verdict verdict = checker.compare("public", "part", "true", "needy.part_latest", Map.of());
      assertThat(verdict.equal()).as("%s", verdict).isTrue();
      assertThat(checker.duplicates("needy.part")).isEmpty();
    }
    assertThat(pipeline(false).path("state").asText()).isIn("running", "catching_up");
  }

  @Test
  void the_source_database_is_down() throws Exception {
    source.kill();

    awaitIncident("connection_retrying", "needy");
    JsonNode status = connection();
    assertThat(status.path("state").asText()).isIn("retrying", "starting");
    assertThat(command.ok("status").out()).containsPattern("[1-9]\\d* open incident");

    source = source.startAgain();
    awaitRecovery("connection_retrying", "needy");
    assertThat(connection().path("state").asText()).isEqualTo("running");
  }

  @Test
  void the_right_to_replicate_is_revoked() throws Exception {
    execute("ALTER ROLE capturer NOREPLICATION");

    awaitIncident("prerequisite_missing", "needy");
    assertThat(connection().path("state").asText()).isEqualTo("running");
    assertThat(connection().path("code").asText()).isEqualTo("CONNECTION_NO_REPLICATION_RIGHT");
    awaitNewRow();

    execute(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT"
            + " NULL");
    JsonNode retrying = awaitIncident("connection_retrying", "needy");
    assertThat(retrying.at("/status/facts/code").asText())
        .isEqualTo("CONNECTION_NO_REPLICATION_RIGHT");

    execute("ALTER ROLE capturer REPLICATION");
    awaitRecovery("connection_retrying", "needy");
    awaitRecovery("prerequisite_missing", "needy");
  }

  @Test
  void the_publication_is_dropped() throws Exception {
    execute(
        "DROP PUBLICATION backlot_needy",
        "INSERT INTO part VALUES (5000, 'nobody tells'); DELETE FROM part WHERE id = -100");

    JsonNode incident = awaitIncident("slot_lost", "needy");
    assertThat(incident.at("/status/facts/code").asText()).isEqualTo("CONNECTION_PUBLICATION_LOST");
    assertThat(incident.at("/status/reason").asText())
        .contains("Run `./backlot recapture connection needy`");

    command.ok("recapture", "connection", "needy");
    awaitRecovery("slot_lost", "needy");
  }

  @Test
  void the_slot_is_dropped() throws Exception {
    execute("ALTER ROLE capturer NOLOGIN");
    execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'capturer'");
    Awaitility.await("the slot is free")
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              execute("SELECT pg_drop_replication_slot('backlot_needy')");
              return true;
            });
    execute("DELETE FROM part WHERE id = -99; INSERT INTO part VALUES (5001, 'nobody tells')");
    execute("ALTER ROLE capturer LOGIN");

    JsonNode incident = awaitIncident("slot_lost", "needy");
    assertThat(incident.at("/status/facts/code").asText()).isEqualTo("CONNECTION_SLOT_LOST");
    assertThat(connection().path("code").asText()).isIn("CONNECTION_SLOT_LOST", "");

    command.ok("recapture", "connection", "needy");
    awaitRecovery("slot_lost", "needy");
  }

  @Test
  void kafka_is_down() throws Exception {
    kafka.kill();
    execute("INSERT INTO part VALUES (5002, 'waits in the log')");

    awaitIncident("kafka_unreachable", "backlot");
    awaitWithin("capture retries", () -> !connection().path("state").asText().equals("running"));

    kafka.start();
    awaitRecovery("kafka_unreachable", "backlot");
    awaitRecovery("connection_retrying", "needy");
  }

  @Test
  void the_warehouse_is_read_only() throws Exception {
    assumeTrue(disk.isMounted(), "Nothing can be mounted here: " + disk.refusal());
    Awaitility.await("read-only").atMost(LIMIT).until(disk::makeReadOnly);
    execute("INSERT INTO part VALUES (5003, 'can not be committed')");

    awaitIncident("warehouse_not_writable", "backlot");
    awaitWithin(
        "the pipeline fails", () -> pipeline(false).path("state").asText().equals("failed"));

    disk.makeWritable();
    awaitRecovery("warehouse_not_writable", "backlot");
  }

  @Test
  void the_warehouses_disk_is_full() throws Exception {
    assumeTrue(disk.isMounted(), "Nothing can be mounted here: " + disk.refusal());
    disk.fill();
    execute("INSERT INTO part VALUES (5004, 'has no room')");

    awaitIncident("warehouse_not_writable", "backlot");
    awaitWithin(
        "the pipeline fails", () -> pipeline(false).path("state").asText().equals("failed"));

    disk.makeRoom();
    awaitRecovery("warehouse_not_writable", "backlot");
  }

  private static JsonNode connection() {
    return rest.get("/api/v1/connections/needy").path("status");
  }

  private static JsonNode pipeline(boolean proof) {
    return rest.get("/api/v1/pipelines/parts?proof=" + proof).path("status");
  }

  private static void awaitWithin(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofSeconds(1)).until(condition);
  }

  private static Optional<JsonNode> open(String kind, String subject) {
    for (JsonNode item : rest.get("/api/v1/incidents").path("items")) {
      if (item.at("/spec/kind").asText().equals(kind)
          && item.at("/spec/subject/name").asText().equals(subject)
          && !item.at("/status/state").asText().equals("resolved")) {
        return Optional.of(item);
      }
    }
    return Optional.empty();
  }

  private static JsonNode awaitIncident(String kind, String subject) {
    long begin = System.nanoTime();
    JsonNode incident =
        Awaitility.await(kind + " of " + subject)
            .atMost(LIMIT)
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> open(kind, subject), Optional::isPresent)
            .orElseThrow();
    LOG.info("{} after {} s: {}", kind, seconds(begin), incident.at("/status/reason").asText());
    return incident;
  }

  private static void awaitRecovery(String kind, String subject) {
    long begin = System.nanoTime();
    Awaitility.await("the end of " + kind + " of " + subject)
        .atMost(RECOVERY)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> rest.get("/api/v1/incidents").has("items") && open(kind, subject).isEmpty());
    LOG.info("{} is over after {} s", kind, seconds(begin));
  }

  private static long seconds(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
  }

  /** A change that is made now arrives. */
  private static void awaitNewRow() throws SQLException {
    int id = ++written;
    execute("INSERT INTO part VALUES (" + id + ", 'row " + id + "')");
    Awaitility.await("row " + id + " in the table")
        .atMost(RECOVERY)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> rest.number("SELECT count(*) AS n FROM needy.part_latest WHERE id = " + id) == 1);
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
