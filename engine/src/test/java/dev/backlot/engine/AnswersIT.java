package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.event.Op;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import dev.backlot.testing.graph.GraphServer;
import dev.backlot.testing.graph.TestGraph;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A deployed pipeline's graph is asked again about rows, by the data plane's service. */
class AnswersIT {
  private static final List<Field> COLUMNS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN));
  private static EngineServers servers;
  private static TestGraph graph;

  @BeforeAll
  static void start() throws Exception {
    graph = TestGraph.start();
    servers = new EngineServers();
    graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
    graph.putAll(
        "Movie",
        IntStream.range(0, 250)
            .mapToObj(id -> Map.of("id", "" + id, "budget", 10.5 + id, "director", "p1"))
            .toList());
    Spec endpoint =
        SpecReader.read(
                "",
                """
                apiVersion: backlot/v1
                kind: Endpoint
                name: studio_edge
                type: graphql
                config: {url: "%s"}
                """
                    .formatted(graph.url()))
            .orThrow()
            .get(0);
    servers
        .metadata
        .documents()
        .write(
            List.of(
                new DocumentStore.Write(
                    SpecKind.ENDPOINT, endpoint.name(), SpecWriter.toJson(endpoint), 0, "", "")),
            List.of());
  }

  @AfterAll
  static void stop() {
    servers.close();
    graph.close();
  }

  private static JsonNode ask(List<Map<String, String>> rows) throws Exception {
    String body = new ObjectMapper().writeValueAsString(Map.of("rows", rows));
    return servers.call("POST", "/pipelines/answered/steps/enriched/answers", body).path("answers");
  }

  @Test
  void a_step_is_asked_about_rows_outside_of_its_job() throws Exception {
    try (TestSource movies = new TestSource(servers, "answered", COLUMNS)) {
      movies.row(Op.CREATE, 1, "one");
      movies.flush();
      servers.deploy(
          "answered",
          """
          apiVersion: backlot/v1
          kind: Pipeline
          name: answered
          steps:
            - {id: one, source: studio.public.answered}
            - id: enriched
              processor: graphql_enrichment
              from: one
              consumes: all
              config:
                endpoint: studio_edge
                query: |
                  query ($ids: [ID!]!) { movies(ids: $ids) { id budget director { name } } }
                variables: {ids: id}
                match: {id: id}
                take: {budget: budget, director_name: director.name}
                timeout: 2s
            - {id: warehouse, sink: iceberg, from: enriched, config: {table: studio.answered}}
          """);
      graph.forgetRequests();

      JsonNode answers =
          ask(IntStream.range(0, 252).mapToObj(id -> Map.of("id", "" + id)).toList());

      assertThat(answers).hasSize(252);
      for (int id = 0; id < 250; id++) {
        assertThat(answers.get(id).path("outcome").asText()).isEqualTo("found");
        assertThat(answers.get(id).path("values").path("budget").asDouble()).isEqualTo(10.5 + id);
        assertThat(answers.get(id).path("values").path("director_name").asText())
            .isEqualTo("Agnès Varda");
      }
      assertThat(answers.get(251).path("outcome").asText()).isEqualTo("missing");
      assertThat(graph.requests(GraphServer.GATEWAY).allIds())
          .contains("1")
          .doesNotContain("none")
          .hasSizeLessThanOrEqualTo(253);

      graph.down(GraphServer.GATEWAY);
      JsonNode unknown = ask(List.of(Map.of("id", "1"))).get(0);
      graph.up(GraphServer.GATEWAY);
      assertThat(unknown.path("outcome").asText()).isEqualTo("unknown");
      assertThat(unknown.path("reason").asText()).isNotEmpty();
      servers.call("DELETE", "/jobs/answered", "");
    }
  }
}
