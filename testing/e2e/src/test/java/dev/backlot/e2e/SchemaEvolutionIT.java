package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A table changes its columns under two pipelines, of which one takes everything. */
@OnSharedPlatform
class SchemaEvolutionIT {
  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();

  @Test
  void a_table_changes_and_each_of_its_pipelines_does_the_right_thing() throws Exception {
    execute(
        "CREATE SCHEMA evolves",
        "CREATE TABLE evolves.movie (movie_id int PRIMARY KEY, title text, region text, year int)",
        "INSERT INTO evolves.movie SELECT i, 't' || i, 'EMEA', 2000 FROM generate_series(1, 100) i");
    assertThat(
            command
                .apply(
                    shared.connection("evolves", "evolves.movie")
                        + """
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: evolves_all
                        owner: tests
                        steps:
                          - {id: movies, source: evolves.evolves.movie}
                          - {id: out, sink: iceberg, from: movies, config: {table: evolves.everything, commit_interval: 300ms}}
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: evolves_some
                        owner: tests
                        steps:
                          - {id: movies, source: evolves.evolves.movie}
                          - {id: out, sink: iceberg, from: movies, consumes: [title, region], config: {table: evolves.some, commit_interval: 300ms}}
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: evolves_follows
                        owner: tests
                        steps:
                          - {id: movies, source: evolves.evolves.movie}
                          - {id: out, sink: iceberg, from: movies, config: {table: evolves.follows, on_drop: drop, commit_interval: 300ms}}
                        """)
                .exitCode())
        .isZero();
    awaitCaughtUp("evolves_all");
    awaitCaughtUp("evolves_some");
    String all = job("evolves_all");
    String some = job("evolves_some");

    execute(
        "ALTER TABLE evolves.movie ADD COLUMN rating double precision",
        "UPDATE evolves.movie SET rating = movie_id / 7.0 WHERE movie_id % 2 = 0",
        "ALTER TABLE evolves.movie ALTER COLUMN year TYPE bigint",
        "INSERT INTO evolves.movie SELECT i, 't' || i, 'APAC', 10000000000, i FROM generate_series(101, 200) i");
    awaitCaughtUp("evolves_all");
    awaitCaughtUp("evolves_some");

    assertEqual("everything", "movie_id", "title", "region", "year", "rating");
    assertEqual("some", "movie_id", "title", "region");
    assertThat(job("evolves_all")).isNotEqualTo(all);
    assertThat(job("evolves_some")).isEqualTo(some);

    Platform.Result drop =
        command.run("plan", "--schema-change", "evolves.evolves.movie drop region");
    assertThat(drop.exitCode()).isEqualTo(1);
    assertThat(drop.out())
        .contains("breaks   pipeline evolves_some (owner tests)")
        .contains("region dropped: it is consumed; named by out; arrives at evolves.some.region.")
        .contains("safe     pipeline evolves_all");
    Platform.Result add =
        command.run(
            "plan",
            "--detailed-exitcode",
            "--schema-change",
            "ALTER TABLE evolves.movie ADD COLUMN score numeric(4,2) NOT NULL DEFAULT 0;");
    assertThat(add.exitCode()).as(add.out() + add.err()).isEqualTo(2);
    assertThat(add.out())
        .contains("changes  pipeline evolves_all", "safe     pipeline evolves_some");
    assertThat(command.run("plan", "--schema-change", "evolves.evolves.movie drop regoin").err())
        .contains("Cannot change Source 'evolves.evolves.movie': there is no column 'regoin'");

    execute(
        "ALTER TABLE evolves.movie DROP COLUMN region",
        "ALTER TABLE evolves.movie RENAME title TO name",
        "INSERT INTO evolves.movie SELECT i, 't' || i, 5, i FROM generate_series(201, 300) i");
    awaitCaughtUp("evolves_all");
    awaitCaughtUp("evolves_follows");
    assertThat(columns("follows")).isEqualTo("movie_id,name,year,rating");
    assertThat(command.pipelineStatus("evolves_follows").path("backfill").toString())
        .as("a renamed column lacks nothing")
        .contains("rating")
        .doesNotContain("\"name\"");
    assertThat(columns("everything")).isEqualTo("movie_id,name,region,year,rating");
    assertEqual("follows", "movie_id", "name", "year", "rating");
    execute("UPDATE evolves.movie SET rating = 3 WHERE movie_id < 201");
    awaitCaughtUp("evolves_all");
    assertEqual("everything", "movie_id", "name", "year", "rating");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(command.pipelineStatus("evolves_some").path("code").asText())
                    .isEqualTo("SCHEMA_INCOMPATIBLE"));
    JsonNode status = command.pipelineStatus("evolves_some");
    assertThat(status.path("state").asText()).isEqualTo("blocked");
    assertThat(status.path("reason").asText()).contains("field 'region'", "is dropped");
    assertThat(job("evolves_some")).isEqualTo(some);
    assertThat(command.number("SELECT count(*) AS n FROM evolves.some_latest")).isEqualTo(200);
  }

  private String job(String pipeline) {
    JsonNode jobs = command.pipelineStatus(pipeline).path("jobs");
    assertThat(jobs).hasSize(1);
    return jobs.get(0).path("id").asText() + " since " + jobs.get(0).path("started_at").asText();
  }

  private String columns(String table) {
    JsonNode rows =
        Command.json(
            command.run(
                "query", "SELECT * FROM evolves." + table + "_latest LIMIT 1", "-o", "json"));
    List<String> names = new ArrayList<>();
    rows.get(0).fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> name.startsWith("_"));
    return String.join(",", names);
  }

  private void assertEqual(String table, String... columns) throws Exception {
    try (Connection connection = shared.source().connect()) {
      Checker checker =
          new Checker(
              connection,
              new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()));
      Verdict verdict =
          checker.compareCounted(
              "evolves", "movie", "true", "evolves." + table + "_latest", List.of(columns));
      assertThat(verdict.equal()).as(table + ": " + verdict).isTrue();
    }
  }

  private void awaitCaughtUp(String pipeline) {
    Awaitility.await(pipeline + " caught up")
        .atMost(Duration.ofSeconds(60))
        .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
  }

  private void execute(String... statements) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
