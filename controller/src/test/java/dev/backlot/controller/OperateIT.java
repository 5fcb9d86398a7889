package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.metadata.AuditStore.Repair;
import dev.backlot.metadata.AuditStore.State;
import dev.backlot.metadata.MetadataDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OperateIT {
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
    platform.apply(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: studio
        owner: production
        type: postgresql
        config: {host: localhost, database: studio, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        """,
        """
        apiVersion: backlot/v1
        kind: Pipeline
        name: movies
        owner: tech
        steps:
          - {id: movies, source: studio.public.movie}
          - {id: active, processor: filter, from: movies, config: {where: "phase <> 'X'"}}
          - {id: w, sink: iceberg, from: active, config: {table: studio.movies}}
        """);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> platform.get("/api/v1/pipelines/movies").at("status", "state").equals("running"));
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void a_pipeline_is_a_graph_whose_unknown_figures_are_left_out() {
    TestPlatform.Answer graph = platform.get("/api/v1/pipelines/movies/graph");

    assertThat(graph.status()).isEqualTo(200);
    assertThat(graph.at("nodes", 0, "role")).isEqualTo("source");
    assertThat(graph.at("nodes", 1, "type")).isEqualTo("filter");
    assertThat(graph.at("nodes", 2, "name")).isEqualTo("studio.movies");
    assertThat(graph.at("edges", 0, "from")).isEqualTo("movies");
    assertThat(graph.at("edges", 1, "to")).isEqualTo("w");
    assertThat(graph.at("nodes", 0).toString()).doesNotContain("lag_seconds");
    assertThat(platform.get("/api/v1/pipelines/nobody/graph").status()).isEqualTo(404);
  }

  @Test
  void what_steps_count_becomes_rates_on_nodes_and_edges_and_history() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              long counted = System.nanoTime() / 10_000_000;
              platform.dataPlane.figures.put(
                  "movies",
                  List.of(
                      Map.of("id", "movies", "records_in", counted, "records_out", counted),
                      Map.of("id", "active", "records_in", counted, "failed", 0, "busy", 0.5)));
              TestPlatform.Answer graph = platform.get("/api/v1/pipelines/movies/graph");
              assertThat(graph.at("measured")).isEqualTo(true);
              assertThat(graph.at("edges", 0, "rate"))
                  .isInstanceOfSatisfying(
                      Number.class, rate -> assertThat(rate.doubleValue()).isBetween(20.0, 200.0));
              assertThat(graph.at("edges", 1).toString()).doesNotContain("rate");
              assertThat(graph.at("nodes", 1, "busy")).hasToString("0.5");
              TestPlatform.Answer history =
                  platform.get("/api/v1/pipelines/movies/history?step=active&minutes=15");
              assertThat((List<?>) ((Map<?, ?>) history.at("series")).get("busy"))
                  .isNotEmpty()
                  .last()
                  .hasToString("0.5");
              assertThat(graph.at("errors_last_hour")).isEqualTo(0);
            });
    assertThat(platform.get("/api/v1/pipelines/movies/history?minutes=0").status()).isEqualTo(400);
  }

  @Test
  void home_shows_what_there_is_in_short() {
    TestPlatform.Answer home = platform.get("/api/v1/home");

    assertThat(home.at("counts", "connections")).isEqualTo(1);
    assertThat(home.at("counts", "sources")).isEqualTo(1);
    assertThat(home.at("pipelines", "total")).isEqualTo(1);
    assertThat(home.at("pipelines", "by_state", "running")).isEqualTo(1);
    assertThat(home.at("pipelines", "items", 0, "name")).isEqualTo("movies");
    assertThat(home.at("movement", "sources", 0, "rows", 0, "values", "title")).isEqualTo("Alien");
  }

  @Test
  void long_work_of_every_kind_looks_alike() {
    TestPlatform.Answer dump =
        platform.post("/api/v1/sources/studio.public.movie/dumps", Map.of("where", "id > 3"));
    String id = "dump-" + dump.at("id");

    TestPlatform.Answer shown = platform.get("/api/v1/work/" + id);
    assertThat(shown.at("kind")).isEqualTo("dump");
    assertThat(shown.at("state")).isEqualTo("requested");
    assertThat(shown.at("what", "name")).isEqualTo("studio.public.movie");
    assertThat(shown.body()).doesNotContainKeys("total", "eta", "rate");
    assertThat(shown.at("can", 0, "name")).isEqualTo("pause");

    assertThat(platform.post((String) shown.at("can", 0, "path"), null).status()).isEqualTo(200);
    await()
        .untilAsserted(
            () -> assertThat(platform.get("/api/v1/work/" + id).at("state")).isEqualTo("paused"));
    assertThat(platform.get("/api/v1/work?state=open&kind=dump").at("items", 0, "id"))
        .isEqualTo(id);
    assertThat(platform.post("/api/v1/dumps/" + dump.at("id") + "/cancel", null).status())
        .isEqualTo(200);
    await()
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/work/" + id).at("state")).isEqualTo("cancelled"));
    assertThat(platform.get("/api/v1/work/dump-999999").status()).isEqualTo(404);
    assertThat(platform.get("/api/v1/work/nonsense").status()).isEqualTo(404);
  }

  @Test
  void a_repair_is_work_too() {
    long id;
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      id = metadata.audits().request("studio.old", true, Repair.REPAIR, List.of(List.of("7")));
      metadata.audits().finish(id, State.DONE, "", Map.of("differences", 0));
    }

    TestPlatform.Answer shown = platform.get("/api/v1/work/audit-" + id);

    assertThat(shown.at("kind")).isEqualTo("repair");
    assertThat(shown.at("details", "keys")).isEqualTo(1);
    assertThat(shown.at("details", "differences")).isEqualTo(0);
  }
}
