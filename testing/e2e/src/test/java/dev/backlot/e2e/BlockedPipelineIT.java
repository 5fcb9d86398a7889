package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Tables that are written to lose what pipelines consume, and the owners choose each of what they
 * can choose.
 */
@OnSharedPlatform
class BlockedPipelineIT {
  private static final List<String> CASES =
      List.of("mapped", "defaulted", "stopped", "accepted", "awaited");

  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();
  private final Rest rest = new Rest(shared.platform().url());

  @Test
  void a_blocked_pipeline_goes_on_from_where_it_stands_as_its_owner_chooses() throws Exception {
    createTables();
    assertThat(command.apply(documents()).exitCode()).isZero();
    CASES.forEach(this::awaitCaughtUp);

    breakTables();
    execute(
        "UPDATE blocks.defaulted SET title = 'one', version = version + 1 WHERE id = 7",
        "INSERT INTO blocks.beside VALUES (1, 'goes on')");
    awaitBlocked("defaulted");
    Awaitility.await("one event waits")
        .atMost(Duration.ofSeconds(60))
        .until(() -> waiting("defaulted").size() == 1);
    theOwnerIsTold();
    awaitCaughtUpCount("SELECT count(*) AS n FROM blocks.beside_latest", 1);

    try (Writes writes = new Writes()) {
      CASES.stream().filter(name -> !name.equals("defaulted")).forEach(this::awaitBlocked);
      choose();
      CASES.forEach(this::awaitUnblocked);
    }

    CASES.forEach(this::awaitCaughtUp);
    for (String name : CASES) {
      assertEqual(name, name.equals("accepted") ? "year" : "region");
      assertThat(
              command.number(
                  "SELECT count(*) - count(DISTINCT (_source, _epoch, _partition, _offset)) AS n"
                      + " FROM blocks."
                      + name))
          .as("rows of one event, in " + name)
          .isZero();
    }
  }

  private void createTables() throws SQLException {
    execute("CREATE SCHEMA blocks", "CREATE TABLE blocks.beside (id int PRIMARY KEY, title text)");
    for (String name : CASES) {
      execute(
          "CREATE TABLE blocks."
              + name
              + " (id int PRIMARY KEY, title text, region text, year bigint, territory text,"
              + " version int NOT NULL DEFAULT 0)",
          "INSERT INTO blocks."
              + name
              + " SELECT i, 't' || i, 'r' || i % 7, 1900 + i % 100, 'x' || i % 5"
              + " FROM generate_series(1, 300) i");
    }
  }

  private String documents() {
    List<String> tables = new ArrayList<>(List.of("blocks.beside"));
    StringBuilder pipelines = new StringBuilder();
    for (String name : CASES) {
      tables.add("blocks." + name);
      String consumes = name.equals("accepted") ? "[title, year]" : "[title, place, version]";
      pipelines.append(
          """
          ---
          apiVersion: backlot/v1
          kind: Pipeline
          name: blocks_%s
          owner: tests
          steps:
            - {id: rows, source: blocks.blocks.%s}
            - {id: named, processor: rename, from: rows, config: {fields: {%s}}}
            - {id: out, sink: iceberg, from: named, consumes: %s, config: {table: blocks.%s, commit_interval: 300ms}}
          """
              .formatted(
                  name,
                  name,
                  name.equals("accepted") ? "territory: place" : "region: place",
                  consumes,
                  name));
      if (name.equals("defaulted")) {
        pipelines.append(
            """
              - {id: beside, source: blocks.blocks.beside}
              - {id: out_beside, sink: iceberg, from: beside, config: {table: blocks.beside, commit_interval: 300ms}}
            """);
      }
    }
    return shared.connection("blocks", String.join(", ", tables)) + pipelines;
  }

  /** Changes the tables, and keeps as views what the pipelines' tables must show afterwards. */
  private void breakTables() throws SQLException {
    for (String name : List.of("defaulted", "stopped")) {
      execute("CREATE TABLE blocks.lost_" + name + " AS SELECT * FROM blocks." + name);
    }
    for (String name : List.of("mapped", "defaulted", "stopped", "awaited")) {
      execute("ALTER TABLE blocks." + name + " DROP COLUMN region");
    }
    execute(
        "ALTER TABLE blocks.mapped RENAME COLUMN territory TO region_code",
        "ALTER TABLE blocks.accepted ALTER COLUMN year TYPE int");
    execute(
        // rows that were not changed since have what they had
        expected("defaulted", "CASE WHEN l.version = t.version THEN l.region ELSE 'none' END"),
        expected("stopped", "CASE WHEN l.version = t.version THEN l.region END"));
  }

  private static String expected(String name, String region) {
    return "CREATE VIEW blocks.expected_"
        + name
        + " AS SELECT t.id, t.title, t.version, "
        + region
        + " AS place FROM blocks."
        + name
        + " t LEFT JOIN blocks.lost_"
        + name
        + " l ON l.id = t.id";
  }

  private void theOwnerIsTold() {
    JsonNode field =
        rest.get("/api/v1/pipelines/blocks_defaulted").at("/status/blocked/0/fields/0");
    assertThat(field.path("field").asText()).isEqualTo("region");
    assertThat(field.path("change").asText()).isEqualTo("dropped");
    assertThat(field.path("steps").get(0).asText()).isEqualTo("named");
    assertThat(field.path("choices").findValuesAsText("choice"))
        .containsExactly("map", "default", "stop_consuming", "wait");
    JsonNode event = waiting("defaulted").get(0);
    assertThat(event.path("offset").asLong(-1)).isPositive();
    assertThat(event.path("written_at").asText()).isNotEmpty();
    assertThat(event.path("kept_until").asText()).isGreaterThan(event.path("written_at").asText());

    Awaitility.await("an incident with the choices")
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              JsonNode incident = incident("blocks_defaulted").orElseThrow();
              assertThat(incident.at("/status/facts/blocked/0/waiting/0/offset").asLong(-1))
                  .isEqualTo(event.path("offset").asLong());
              assertThat(incident.toString())
                  .contains("backlot resolve pipeline blocks_defaulted --field region --default");
            });
  }

  private void choose() throws SQLException {
    Result dry =
        command.ok(
            "resolve",
            "pipeline",
            "blocks_mapped",
            "--field",
            "region",
            "--map",
            "region_code",
            "--dry-run");
    assertThat(dry.out()).contains("\"missing\":{\"region\"", "READ FROM", "region_code");
    assertThat(
            command
                .run("resolve", "pipeline", "blocks_mapped", "--field", "region", "--map", "year")
                .err())
        .contains("PIPELINE_FIELD_CONFLICT");
    resolve("mapped", "region", "--map", "region_code");
    resolve("defaulted", "region", "--default", "none");
    resolve("stopped", "region", "--stop-consuming");
    resolve("accepted", "year", "--accept");
    execute(
        "ALTER TABLE blocks.awaited ADD COLUMN region text",
        "UPDATE blocks.awaited SET region = 'again', version = version + 1");
  }

  private void resolve(String name, String field, String... choice) {
    List<String> words =
        new ArrayList<>(List.of("resolve", "pipeline", "blocks_" + name, "--field", field));
    words.addAll(List.of(choice));
    command.ok(words.toArray(String[]::new));
  }

  /** Writes to all tables until it is closed. */
  private final class Writes implements AutoCloseable {
    private final Thread thread = new Thread(this::run, "writes");
    private volatile boolean closed;
    private volatile Optional<SQLException> failure = Optional.empty();

    Writes() {
      thread.start();
    }

    private void run() {
      try (Connection connection = shared.source().connect();
          Statement statement = connection.createStatement()) {
        for (int i = 0; !closed; i++) {
          for (String name : CASES) {
            statement.execute(
                "UPDATE blocks.%s SET title = 'w%d', version = version + 1 WHERE id %% 100 = %d"
                    .formatted(name, i, i % 100));
            statement.execute(
                "INSERT INTO blocks.%s (id, title) VALUES (%d, 'new')".formatted(name, 1000 + i));
          }
        }
      } catch (SQLException e) {
        failure = Optional.of(e);
      }
    }

    @Override
    public void close() throws Exception {
      closed = true;
      thread.join();
      if (failure.isPresent()) {
        throw failure.get();
      }
    }
  }

  private void assertEqual(String name, String column) throws Exception {
    if (name.equals("mapped")) {
      execute(
          "CREATE VIEW blocks.expected_mapped AS SELECT id, title, version, region_code AS place"
              + " FROM blocks.mapped WHERE version > 0 OR id >= 1000");
    } else if (name.equals("awaited")) {
      execute(
          "CREATE VIEW blocks.expected_awaited AS"
              + " SELECT id, title, version, region AS place FROM blocks.awaited");
    } else if (name.equals("accepted")) {
      execute(
          "CREATE VIEW blocks.expected_accepted AS SELECT id, title, year FROM blocks.accepted");
    }
    String view = "blocks." + name + "_latest";
    if (name.equals("mapped")) {
      view = "(SELECT * FROM " + view + " WHERE version > 0 OR id >= 1000)";
    }
    List<String> columns =
        column.equals("year")
            ? List.of("id", "title", "year")
            : List.of("id", "title", "version", "place");
    try (Connection connection = shared.source().connect()) {
      Checker checker =
          new Checker(
              connection,
              new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()));
      Verdict verdict = checker.compareCounted("blocks", "expected_" + name, "true", view, columns);
      assertThat(verdict.equal()).as(name + ": " + verdict).isTrue();
    }
  }

  private JsonNode waiting(String name) {
    return rest.get("/api/v1/pipelines/blocks_" + name).at("/status/blocked/0/waiting");
  }

  private Optional<JsonNode> incident(String pipeline) {
    for (JsonNode item : rest.get("/api/v1/incidents").path("items")) {
      if (item.toString().contains(pipeline) && item.toString().contains("pipeline_blocked")) {
        return Optional.of(item);
      }
    }
    return Optional.empty();
  }

  private void awaitBlocked(String name) {
    await(
        name + " is blocked",
        () -> status(name).path("code").asText().equals("SCHEMA_INCOMPATIBLE"));
  }

  private void awaitUnblocked(String name) {
    await(name + " goes on", () -> !status(name).path("state").asText().equals("blocked"));
  }

  private void awaitCaughtUp(String name) {
    await(name + " caught up", () -> status(name).path("caught_up").asBoolean());
  }

  private void awaitCaughtUpCount(String sql, long count) {
    await(sql, () -> rest.number(sql) == count);
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(90)).until(condition);
  }

  private JsonNode status(String name) {
    return rest.get("/api/v1/pipelines/blocks_" + name).path("status");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
