package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.testing.graph.TestGraph;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A graph that answered with the wrong entity is found out by asking again, and rows are mended.
 */
@OnSharedPlatform
class StaleEnrichmentIT {
  private static final String AUDIT = "asked.film.enriched";
  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Map<String, Object> movie(int id, String director) {
    return Map.of("id", "" + id, "budget", 10.5 + id, "director", director);
  }

  private JsonNode audit() {
    JsonNode audit = command.find("/api/v1/audits/" + AUDIT);
    return audit.isEmpty()
        ? command.get("/api/v1/audits").at("/items/0/status")
        : audit.path("status");
  }

  private String director(int id) {
    return command
        .rows("SELECT director_name FROM asked.film_latest WHERE id = " + id)
        .at("/0/director_name")
        .asText();
  }

  @Test
  void wrong_answers_are_found_and_asked_for_again() throws Exception {
    try (TestGraph graph = TestGraph.start()) {
      graph.putAll(
          "Person",
          List.of(Map.of("id", "p1", "name", "Agnès Varda"), Map.of("id", "p2", "name", "Nobody")));
      graph.putAll("Movie", IntStream.rangeClosed(1, 200).mapToObj(id -> movie(id, "p1")).toList());
      // The wrong entity, at the moment at which the row is enriched.
      graph.put("Movie", movie(7, "p2"));
      execute(
          """
          CREATE TABLE asked_film (id int PRIMARY KEY, title text);
          INSERT INTO asked_film SELECT n, 'film ' || n FROM generate_series(1, 200) n;
          """);
      Result applied =
          command.apply(
              shared.connection("asked", "public.asked_film")
                  + """
                  ---
                  apiVersion: backlot/v1
                  kind: Endpoint
                  name: asked_graph
                  type: graphql
                  config: {url: "%s"}
                  ---
                  apiVersion: backlot/v1
                  kind: Pipeline
                  name: asked_films
                  owner: tests
                  audit: {every: 2s, repair: automatic}
                  steps:
                    - {id: films, source: asked.public.asked_film}
                    - id: enriched
                      processor: graphql_enrichment
                      from: films
                      consumes: all
                      config:
                        endpoint: asked_graph
                        query: |
                          query ($ids: [ID!]!) { movies(ids: $ids) { id budget director { name } } }
                        variables: {ids: id}
                        match: {id: id}
                        take: {budget: budget, director_name: director.name}
                    - {id: out, sink: iceberg, from: enriched, config: {table: asked.film, commit_interval: 500ms}}
                  """
                      .formatted(graph.url()));
      assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
      await("the wrong name")
          .atMost(Duration.ofSeconds(150))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(director(7)).isEqualTo("Nobody"));
      graph.put("Movie", movie(7, "p1"));

      await("a repair")
          .atMost(Duration.ofSeconds(120))
          .until(() -> audit().path("repairs").size() > 0);
      assertThat(audit().path("repairs").get(0).path("keys").toString()).isEqualTo("[[\"7\"]]");
      await("the right name")
          .atMost(Duration.ofSeconds(150))
          .untilAsserted(() -> assertThat(director(7)).isEqualTo("Agnès Varda"));
      await("proof")
          .atMost(Duration.ofSeconds(150))
          .untilAsserted(() -> assertThat(audit().path("state").asText()).isEqualTo("equal"));
      assertThat(audit().path("proven_equal_as_of").asText()).isNotEmpty();
      assertThat(audit().path("target_rows").asInt()).isEqualTo(200);
      command.ok("delete", "pipeline", "asked_films");
    }
  }
}
