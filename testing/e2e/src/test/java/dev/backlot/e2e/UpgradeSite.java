package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.checker.Checker;
import dev.backlot.checker.Verdict;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * A platform with one pipeline that takes every column of a table, which is written to all the
 * time. Each new column is filled by every later write.
 */
final class UpgradeSite implements AutoCloseable {
  static final String PIPELINE = "films";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOCUMENTS =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: site
      owner: tests
      type: postgresql
      config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_SITE}}
      tables: {include: [public.film]}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: films
      owner: tests
      steps:
        - {id: film, source: site.public.film}
        - {id: out, sink: iceberg, from: film, config: {table: site.film, commit_interval: 500ms}}
      """;

  private final PostgresServer source;
  private final Installation installation;
  private final Rest rest;
  private final Thread writer = new Thread(this::write, "film-writer");
  private final AtomicReference<SQLException> failure = new AtomicReference<>();
  private final List<String> filled = new ArrayList<>();
  private volatile boolean closed;
  private int columns;

  UpgradeSite() throws Exception {
    source = PostgresServer.temporary().start();
    installation = Installation.up(Map.of("BACKLOT_SECRET_SITE", source.password()));
    rest = new Rest(installation.url());
    execute(
        "CREATE SEQUENCE film_writes",
        "CREATE TABLE film (id int PRIMARY KEY, v bigint)",
        fill(),
        "CREATE TRIGGER fills BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION fill()",
        "INSERT INTO film SELECT g FROM generate_series(1, 200) g");
    Platform.Result applied = installation.command().apply(DOCUMENTS.formatted(source.port()));
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    writer.start();
    awaitVisible(writes());
  }

  Installation installation() {
    return installation;
  }

  Rest rest() {
    return rest;
  }

  private String fill() {
    StringBuilder body = new StringBuilder();
    filled.forEach(column -> body.append("NEW.").append(column).append(" := NEW.v;\n"));
    return "CREATE OR REPLACE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN\n"
        + "NEW.v := nextval('film_writes');\n"
        + body
        + "RETURN NEW; END $f$";
  }

  private void write() {
    int id = 200;
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      while (!closed) {
        id++;
        statement.execute("INSERT INTO film (id) VALUES (%d)".formatted(id));
        statement.execute("UPDATE film SET v = 0 WHERE id = %d".formatted(id * 7 % id));
        statement.execute("DELETE FROM film WHERE id = %d".formatted(id * 13 % id / 3));
        LockSupport.parkNanos(30_000_000);
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  /** Adds a column of another name than any before, and returns it. */
  String addColumn() throws SQLException {
    columns++;
    String column = "c" + columns;
    alter("ADD COLUMN " + column + " bigint", List.of(column), List.of());
    return column;
  }

  /** Changes the table, and which columns are filled, at once. */
  void alter(String change, List<String> more, List<String> less) throws SQLException {
    filled.removeAll(less);
    filled.addAll(more);
    execute("BEGIN; LOCK TABLE film; ALTER TABLE film " + change + ";" + fill() + "; COMMIT");
  }

  /** Returns how often rows have been written. */
  long writes() throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last_value FROM film_writes")) {
      row.next();
      return row.getLong(1);
    }
  }

  void execute(String... statements) throws SQLException {
    run(source.connect(), statements);
  }

  private static void run(Connection opened, String... statements) throws SQLException {
    try (Connection connection = opened;
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Opens the metadata database. */
  Connection metadata() throws SQLException, IOException {
    JsonNode metadata =
        JSON.readTree(installation.platform().dataDir().resolve("run/platform.json").toFile())
            .path("metadata");
    return DriverManager.getConnection(
        metadata.path("jdbc_url").asText(),
        metadata.path("user").asText(),
        metadata.path("password").asText());
  }

  void executeInMetadata(String... statements) throws SQLException, IOException {
    run(metadata(), statements);
  }

  /** Returns how many of the pipeline's upgrades are in a state. */
  long upgrades(String state) throws SQLException, IOException {
    try (Connection connection = metadata();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pipeline_upgrade WHERE pipeline = '%s' AND state = '%s'"
                    .formatted(PIPELINE, state))) {
      row.next();
      return row.getLong(1);
    }
  }

  JsonNode status() {
    return rest.get("/api/v1/pipelines/" + PIPELINE).path("status");
  }

  /** Waits until a write with this number or a later one is in the table. */
  void awaitVisible(long write) {
    Awaitility.await("write " + write + " in the table")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> rest.number("SELECT max(v) AS v FROM site.film") >= write);
  }

  /** Waits until what is written now arrives with a value in a column. */
  void awaitFilled(String column) throws SQLException {
    long now = writes();
    Awaitility.await("column " + column + " in the table")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> rest.number("SELECT max(" + column + ") AS v FROM site.film") > now);
  }

  /** Starts to look for a line of a process's log that comes from now on. */
  LogTail tail(String process) throws IOException {
    return new LogTail(installation.platform().dataDir().resolve("logs/" + process + ".log"));
  }

  /** The end of a log. */
  static final class LogTail {
    private final Path log;
    private final long from;

    private LogTail(Path log) throws IOException {
      this.log = log;
      this.from = log.toFile().length();
    }

    /** Waits until a line has all these texts. */
    void await(List<String> texts) {
      Awaitility.await("a line of " + log.getFileName() + " with " + texts)
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> read().lines().anyMatch(line -> texts.stream().allMatch(line::contains)));
    }

    private String read() throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
        long begin = Math.min(from, file.length());
        byte[] bytes = new byte[(int) (file.length() - begin)];
        file.seek(begin);
        file.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
  }

  /**
   * Stops writing and compares: the view with the source, the raw table with the topic.
   *
   * @param columns that every row has in the view as it has in the source
   */
  void check(List<String> columns) throws Exception {
    stopWriting();
    Awaitility.await("caught up")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> status().path("caught_up").asBoolean());
    try (Connection connection = source.connect()) {
      Verdict verdict =
          new Checker(connection, new RestTarget(rest))
              .compareCounted("public", "film", "true", "site.film_latest", columns);
      assertThat(verdict.equal()).as(verdict.toString()).isTrue();
      assertThat(verdict.sourceRows()).isGreaterThan(100);
    }
    JsonNode spec = rest.get("/api/v1/sources/site.public.film").path("spec");
    String servers =
        JSON.readTree(installation.platform().dataDir().resolve("run/platform.json").toFile())
            .path("bootstrap_servers")
            .asText();
    TopicRecords topic = TopicRecords.read(servers, spec.path("topic").asText());
    assertThat(topic.compare(rest, "site.film", spec.path("epoch").asLong())).isEmpty();
  }

  private void stopWriting() throws Exception {
    closed = true;
    writer.join();
    SQLException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      installation.close();
    } finally {
      source.close();
    }
  }
}
