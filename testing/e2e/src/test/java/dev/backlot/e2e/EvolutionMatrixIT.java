package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.e2e.TableChange.Fate;
import dev.backlot.e2e.TableChange.Meaning;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every kind of change of a table meets every kind of pipeline that reads it, while several writers
 * write. What each pipeline's table holds is compared with the source, and event by event with the
 * topic.
 */
class EvolutionMatrixIT {
  private static final Logger LOG = LoggerFactory.getLogger(EvolutionMatrixIT.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WRITERS = 3;
  private static final int WRITES_AROUND = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final String CONFIG =
      """
      flink: {slots: 64}
      memory: {data_plane: 1500m}
      """;

  private final List<MatrixTable> tables =
      Stream.of(TableChange.values()).map(MatrixTable::new).toList();
  private PostgresServer source;
  private Rest rest;
  private String bootstrapServers;

  @Test
  void every_change_does_to_every_pipeline_what_it_must_and_no_more() throws Exception {
    Path config = Files.createTempFile("matrix-", ".yaml");
    Files.writeString(config, CONFIG);
    try (PostgresServer server = PostgresServer.temporary().start();
        Installation platform =
            Installation.up(
                Map.of("BACKLOT_SECRET_MATRIX", server.password()),
                List.of("--config", config.toString()))) {
      source = server;
      rest = new Rest(platform.url());
      bootstrapServers =
          JSON.readTree(platform.platform().dataDir().resolve("run/platform.json").toFile())
              .path("bootstrap_servers")
              .asText();
      create();
      deploy(platform.command());
      List<MatrixCase> cases;
      try (MatrixWriters writers = new MatrixWriters(source, tables, WRITERS)) {
        awaitWrites(MatrixTable.FIRST_ROWS);
        cases = cases();
        change();
        awaitSettled(cases);
        awaitWrites(tables.stream().mapToLong(MatrixTable::boundary).max().orElseThrow());
      }
      awaitCaughtUp(cases);
      assertThat(faults(cases)).isEmpty();
    } finally {
      Files.delete(config);
    }
  }

  private void create() throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA matrix; CREATE TYPE matrix.phase AS ENUM ('OPEN', 'SHOT')");
      for (MatrixTable table : tables) {
        table.create(statement);
      }
    }
  }

  private void deploy(Command command) {
    StringBuilder documents =
        new StringBuilder(
            """
            apiVersion: backlot/v1
            kind: Connection
            name: matrix
            owner: tests
            type: postgresql
            config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_MATRIX}}
            tables: {include: [matrix.*]}
            """
                .formatted(source.port()));
    int pipelines = 0;
    for (MatrixTable table : tables) {
      for (Meaning meaning : table.change().meanings()) {
        documents.append(table.pipeline(meaning.reader()));
        pipelines++;
      }
    }
    Result applied = command.apply(documents.toString());
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    int wanted = pipelines;
    Awaitility.await("all pipelines run")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                statuses().values().stream()
                        .filter(status -> status.path("state").asText().equals("running"))
                        .filter(status -> status.path("jobs").size() == 1)
                        .count()
                    == wanted);
  }

  /** Waits until each table was written to some more times beyond a number of writes. */
  private void awaitWrites(long beyond) {
    Awaitility.await("writes to every table")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              try (Connection connection = source.connect();
                  Statement statement = connection.createStatement()) {
                for (MatrixTable table : tables) {
                  assertThat(table.writes(statement))
                      .as(table.change().table())
                      .isGreaterThan(beyond + WRITES_AROUND);
                }
              }
            });
  }

  private List<MatrixCase> cases() {
    Map<String, JsonNode> statuses = statuses();
    List<MatrixCase> cases = new ArrayList<>();
    for (MatrixTable table : tables) {
      Set<Integer> schemas = topic(table).schemas();
      for (Meaning meaning : table.change().meanings()) {
        JsonNode status = statuses.get(table.pipelineName(meaning.reader()));
        cases.add(new MatrixCase(table, meaning, MatrixCase.job(status), schemas));
      }
    }
    return cases;
  }

  private void change() throws SQLException {
    try (Connection connection = source.connect()) {
      for (MatrixTable table : tables) {
        table.change(connection);
      }
    }
  }

  private void awaitSettled(List<MatrixCase> cases) {
    Awaitility.await("upgraded and blocked pipelines")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              Map<String, JsonNode> statuses = statuses();
              return cases.stream().allMatch(c -> c.isSettled(statuses.get(c.pipeline())));
            });
  }

  private void awaitCaughtUp(List<MatrixCase> cases) {
    for (MatrixCase one : cases) {
      if (one.meaning().fate() != Fate.WAITS) {
        Awaitility.await(one.pipeline() + " caught up")
            .atMost(PATIENCE)
            .until(
                () ->
                    rest.get("/api/v1/pipelines/" + one.pipeline())
                        .at("/status/caught_up")
                        .asBoolean());
      }
    }
  }

  /** Looks at every case, and says of each in a line what was found. */
  private List<String> faults(List<MatrixCase> cases) throws IOException, SQLException {
    Map<String, JsonNode> statuses = statuses();
    List<String> all = new ArrayList<>();
    try (Connection connection = source.connect()) {
      for (MatrixCase one : cases) {
        TopicRecords topic = topic(one.table());
        long epoch = source(one.table()).path("epoch").asLong();
        List<String> faults =
            one.faults(statuses.get(one.pipeline()), topic, epoch, rest, connection);
        LOG.info(
            "{} is {}: {}",
            one.pipeline(),
            one.meaning().fate(),
            faults.isEmpty() ? topic.events().size() + " events, as it must be" : faults);
        faults.forEach(fault -> all.add(one.pipeline() + ": " + fault));
      }
    }
    return all;
  }

  private TopicRecords topic(MatrixTable table) {
    return TopicRecords.read(bootstrapServers, source(table).path("topic").asText());
  }

  private JsonNode source(MatrixTable table) {
    return rest.get("/api/v1/sources/matrix.matrix." + table.change().table()).path("spec");
  }

  private Map<String, JsonNode> statuses() {
    Map<String, JsonNode> statuses = new HashMap<>();
    for (JsonNode item : rest.get("/api/v1/pipelines?proof=false").path("items")) {
      statuses.put(item.path("name").asText(), item.path("status"));
    }
    return statuses;
  }
}
