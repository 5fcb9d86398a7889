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
import dev.backlot.warehouse.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Previews and checks of pipelines that are still being written, over real topics and a graph. */
class PreviewIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Field> COLUMNS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN),
          Field.nullable("phase", FieldType.Text.PLAIN));
  private static EngineServers servers;
  private static TestGraph graph;
  private static TestSource movies;

  @BeforeAll
  static void start() throws Exception {
    graph = TestGraph.start();
    servers = new EngineServers();
    graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
    graph.putAll(
        "Movie",
        IntStream.range(0, 6)
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
    movies = new TestSource(servers, "previewed", COLUMNS);
    movies.row(Op.CREATE, 1, "one", "SHOOT");
    movies.row(Op.CREATE, 2, "two", "CANCELLED");
    movies.row(Op.UPDATE, 3, "three", "CANCELLED");
    movies.row(Op.DELETE, 4);
    movies.row(Op.CREATE, 9, "x".repeat(5_000), "SHOOT");
    movies.flush();
  }

  @AfterAll
  static void stop() throws Exception {
    movies.close();
    servers.close();
    graph.close();
  }

  private static final String ENRICHED =
      """
      apiVersion: backlot/v1
      kind: Pipeline
      name: previewed
      steps:
        - {id: one, source: studio.public.previewed}
        - {id: active, processor: filter, from: one, config: {where: "phase <> 'CANCELLED'"}}
        - id: enriched
          processor: graphql_enrichment
          from: active
          consumes: [title]
          config:
            endpoint: studio_edge
            query: |
              query ($ids: [ID!]!) { movies(ids: $ids) { id budget director { name } } }
            variables: {ids: id}
            match: {id: id}
            take: {director_name: director.name}
        - {id: warehouse, sink: iceberg, from: enriched, config: {table: studio.previewed}}
      """;

  private static JsonNode preview(String document, Map<String, Object> more) throws Exception {
    Map<String, Object> body = new HashMap<>(more);
    body.put("document", document);
    return servers.call("POST", "/previews", JSON.writeValueAsString(body));
  }

  private static JsonNode check(String document) throws Exception {
    return servers.call("POST", "/sketches", JSON.writeValueAsString(Map.of("document", document)));
  }

  private static JsonNode step(JsonNode answer, String id) {
    return StreamSupport.stream(answer.path("steps").spliterator(), false)
        .filter(step -> step.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not in " + answer.toPrettyString()));
  }

  /** Returns the outcome of each of a step's input rows, by the row's id. */
  private static Map<Long, String> outcomes(JsonNode answer, String id, String input) {
    Map<Long, String> outcomes = new HashMap<>();
    for (JsonNode result : step(answer, id).path("results")) {
      assertThat(result.path("input").asText()).isEqualTo(input);
      JsonNode row = step(answer, input).path("rows").get(result.path("row").asInt());
      outcomes.put(row.path("values").path("id").asLong(), result.path("outcome").asText());
    }
    return outcomes;
  }

  @Test
  void every_step_shows_what_becomes_of_each_row_and_nothing_is_written() throws Exception {
    long requests = graph.requests(GraphServer.GATEWAY).allIds().size();
    List<String> topics = topics();

    JsonNode answer = preview(ENRICHED, Map.of());

    assertThat(answer.path("problems")).isEmpty();
    JsonNode source = step(answer, "one");
    assertThat(source.path("rows")).hasSize(5);
    assertThat(source.path("sample").path("cap").asInt()).isEqualTo(20);
    assertThat(source.path("sample").path("age").asDouble()).isBetween(0.0, 600.0);
    assertThat(source.path("note").asText()).isEqualTo("Long values are cut.");
    assertThat(outcomes(answer, "active", "one"))
        .isEqualTo(Map.of(1L, "kept", 2L, "dropped", 3L, "deleted", 4L, "kept", 9L, "kept"));
    assertThat(outcomes(answer, "enriched", "active"))
        .isEqualTo(Map.of(1L, "kept", 3L, "kept", 4L, "kept", 9L, "unanswered"));
    JsonNode enriched = step(answer, "enriched");
    assertThat(names(enriched)).containsExactlyInAnyOrder("id", "title", "director_name");
    assertThat(enriched.path("calls").path("requests").asInt()).isEqualTo(1);
    assertThat(enriched.path("calls").path("questions").asInt()).isEqualTo(2);
    assertThat(enriched.path("rows"))
        .anySatisfy(
            row ->
                assertThat(row.path("values").path("director_name").asText())
                    .isEqualTo("Agnès Varda"));
    assertThat(step(answer, "warehouse").path("rows")).hasSize(4);
    assertThat(graph.requests(GraphServer.GATEWAY).allIds()).hasSizeGreaterThan((int) requests);
    assertThat(topics()).isEqualTo(topics);
    assertThat(servers.lake.shape(TableName.parse("studio.previewed"))).isEmpty();
  }

  @Test
  void cheap_steps_are_previewed_while_one_types() throws Exception {
    preview(ENRICHED, Map.of("step", "active"));
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      JsonNode answer = preview(ENRICHED.replace("CANCELLED", "C" + i), Map.of("step", "active"));
      assertThat(answer.path("steps")).hasSize(2);
      millis.add(answer.path("millis").asLong());
    }
    millis.sort(null);

    // The median: other tests have the machine's other core.
    assertThat(millis.get(10)).as("milliseconds: " + millis).isLessThan(300);
  }

  @Test
  void steps_with_problems_are_left_out_and_the_others_run() throws Exception {
    String broken = ENRICHED.replace("budget director", "bugdet director");

    JsonNode answer = preview(broken, Map.of());

    assertThat(answer.path("problems").get(0).path("code").asText()).isEqualTo("GRAPHQL_INVALID");
    assertThat(outcomes(answer, "active", "one")).containsEntry(2L, "dropped");
    assertThat(answer.path("steps")).hasSize(2);
  }

  @Test
  void rows_whose_endpoint_is_down_have_failed_with_its_reason() throws Exception {
    graph.down(GraphServer.GATEWAY);
    try {
      JsonNode answer = preview(ENRICHED, Map.of("step", "enriched"));

      assertThat(outcomes(answer, "enriched", "active")).containsEntry(1L, "failed");
      assertThat(step(answer, "enriched").path("results"))
          .anySatisfy(result -> assertThat(result.path("reason").asText()).isNotEmpty());
    } finally {
      graph.up(GraphServer.GATEWAY);
    }
  }

  @Test
  void what_one_may_not_see_no_step_tells_of() throws Exception {
    JsonNode answer =
        preview(
            ENRICHED,
            Map.of("hidden", Map.of("studio.public.previewed", List.of("phase", "unknown"))));

    assertThat(step(answer, "one").path("masked")).hasSize(1);
    assertThat(step(answer, "one").path("rows"))
        .allSatisfy(row -> assertThat(row.path("values").path("phase").isNull()).isTrue());
    // Every row fails a predicate on what is null: the outcome says nothing of the value.
    assertThat(outcomes(answer, "active", "one"))
        .isEqualTo(Map.of(1L, "dropped", 2L, "dropped", 3L, "deleted", 4L, "kept", 9L, "dropped"));
    JsonNode byKey =
        preview(
            ENRICHED,
            Map.of(
                "keys", List.of("2"), "hidden", Map.of("studio.public.previewed", List.of("id"))));
    assertThat(step(byKey, "one").path("rows")).isEmpty();
  }

  @Test
  void only_rows_with_given_keys_are_shown() throws Exception {
    JsonNode answer = preview(ENRICHED, Map.of("keys", List.of("2"), "step", "active"));

    assertThat(outcomes(answer, "active", "one")).isEqualTo(Map.of(2L, "dropped"));
  }

  @Test
  void a_check_says_what_each_step_gives_and_where_problems_stand() throws Exception {
    JsonNode sound = check(ENRICHED);

    assertThat(sound.path("problems")).isEmpty();
    assertThat(sound.path("hash").asText()).hasSize(64);
    assertThat(names(step(sound, "one"))).containsExactly("id", "title", "phase");
    assertThat(names(step(sound, "warehouse")))
        .containsExactlyInAnyOrder("id", "title", "director_name");

    JsonNode unfinished =
        check(
            """
            apiVersion: backlot/v1
            kind: Pipeline
            name: previewed
            steps:
              - {id: one, source: studio.public.previewed}
              - {id: active, processor: filter, from: one, config: {where: "phaze = 'X'"}}
              - {id: later, processor: graphql_enrichment, from: one, config: {}}
            """);

    assertThat(unfinished.path("hash").asText()).isEmpty();
    assertThat(names(step(unfinished, "one"))).contains("phase");
    assertThat(step(unfinished, "active").path("planned").asBoolean()).isFalse();
    assertThat(unfinished.path("problems"))
        .anySatisfy(
            problem -> {
              assertThat(problem.path("message").asText()).contains("phaze");
              assertThat(problem.path("place").path("line").asInt()).isEqualTo(6);
              assertThat(problem.path("place").path("path").asText())
                  .isEqualTo("steps[1].config.where");
            });
    assertThat(check("name: [").path("problems")).isNotEmpty();
  }

  @Test
  void a_graph_shows_what_it_offers_and_what_a_query_asks_for() throws Exception {
    JsonNode offered = servers.call("GET", "/endpoints/studio_edge/graph", "");

    assertThat(offered.path("query").asText()).isEqualTo("Query");
    assertThat(offered.path("types"))
        .anySatisfy(t -> assertThat(t.path("name").asText()).isEqualTo("Movie"));

    JsonNode outline =
        servers.call(
            "POST",
            "/endpoints/studio_edge/outline",
            JSON.writeValueAsString(
                Map.of(
                    "query",
                    "query ($ids: [ID!]!) { movies(ids: $ids) { id director { name } } }")));

    assertThat(outline.path("variables").get(0).path("list").asBoolean()).isTrue();
    assertThat(outline.path("paths"))
        .extracting(path -> path.path("path").asText())
        .containsExactly("id", "director.name");
    JsonNode half =
        servers.call(
            "POST", "/endpoints/studio_edge/outline", "{\"query\":\"query ($a: Nope) {\"}");
    assertThat(half.path("problem").asText()).isNotEmpty();
  }

  @Test
  void processors_and_sinks_describe_themselves() throws Exception {
    JsonNode all = servers.call("GET", "/processors", "").path("processors");

    assertThat(all)
        .extracting(descriptor -> descriptor.path("type").asText())
        .contains("filter", "graphql_enrichment", "iceberg");
    assertThat(all)
        .filteredOn(descriptor -> descriptor.path("type").asText().equals("filter"))
        .allSatisfy(
            filter -> {
              JsonNode where = filter.path("config").path("properties").path("where");
              assertThat(where.path("format").asText()).isEqualTo("sql-predicate");
              assertThat(filter.path("config").path("required").get(0).asText()).isEqualTo("where");
            });
  }

  private static List<String> names(JsonNode step) {
    List<String> names = new ArrayList<>();
    step.path("columns").forEach(column -> names.add(column.path("name").asText()));
    return names;
  }

  private static List<String> topics() throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", servers.kafka.bootstrapServers()))) {
      return admin.listTopics().names().get().stream().sorted().toList();
    }
  }
}
