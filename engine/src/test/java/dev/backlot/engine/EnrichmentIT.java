package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Enriched pipelines, from topics by way of a real federated gateway to tables. */
class EnrichmentIT {
  private static final List<Field> COLUMNS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN),
          Field.nullable("phase", FieldType.Text.PLAIN));
  private static final String BY_LIST =
      """
      endpoint: studio_edge
      query: |
        query ($ids: [ID!]!) {
          movies(ids: $ids) { id phase budget director { name } }
        }
      variables: {ids: id}
      match: {id: id}
      take: {graph_phase: phase, budget: budget, director_name: director.name}
      timeout: 2s
      retry: {attempts: 3, backoff: 50ms, max_backoff: 300ms}
      """;
  private static EngineServers servers;
  private static TestGraph graph;

  @BeforeAll
  static void start() throws Exception {
    graph = TestGraph.start();
    servers = new EngineServers();
    declare(
        """
        apiVersion: backlot/v1
        kind: Endpoint
        name: studio_edge
        type: graphql
        config: {url: "%s"}
        """
            .formatted(graph.url()));
  }

  @AfterAll
  static void stop() {
    servers.close();
    graph.close();
  }

  @BeforeEach
  void heal() {
    graph.reset();
    graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
    graph.putAll(
        "Movie",
        IntStream.range(0, 500)
            .mapToObj(
                id ->
                    Map.of(
                        "id",
                        String.valueOf(id),
                        "phase",
                        "SHOOTING",
                        "budget",
                        1000.5 + id,
                        "director",
                        "p1"))
            .toList());
    graph.forgetRequests();
  }

  private static void declare(String yaml) {
    Spec spec = SpecReader.read("", yaml).orThrow().get(0);
    servers
        .metadata
        .documents()
        .write(
            List.of(
                new DocumentStore.Write(
                    SpecKind.ENDPOINT, spec.name(), SpecWriter.toJson(spec), 0, "", "")),
            List.of());
  }

  private static String pipeline(String name, String source, String settings) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: one, source: studio.public.%2$s}
          - id: enriched
            processor: graphql_enrichment
            from: one
            config:
        %3$s  - {id: warehouse, sink: iceberg, from: enriched,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(name, source, settings.indent(6));
  }

  private static Map<Long, Record> latest(List<Record> rows) {
    Map<Long, Record> newest = new TreeMap<>();
    for (Record row : rows) {
      newest.merge(
          (Long) row.getField("id"),
          row,
          (a, b) -> (Long) a.getField("_offset") > (Long) b.getField("_offset") ? a : b);
    }
    return newest;
  }

  private static void assertNoDuplicates(List<Record> rows) {
    Set<List<Object>> seen = new HashSet<>();
    for (Record row : rows) {
      List<Object> identity =
          List.of(
              row.getField("_source"),
              row.getField("_epoch"),
              row.getField("_partition"),
              row.getField("_offset"));
      assertThat(seen.add(identity)).as(identity.toString()).isTrue();
    }
  }

  private static void assertCaughtUp(String pipeline) throws Exception {
    boolean caughtUp = servers.caughtUp(pipeline, 30_000) || servers.caughtUp(pipeline, 30_000);
    assertThat(caughtUp).as(() -> shown(pipeline)).isTrue();
  }

  private static String shown(String pipeline) {
    try {
      return servers.job(pipeline)
          + " "
          + servers.call("GET", "/pipelines/" + pipeline + "/progress", "");
    } catch (Exception e) {
      return e.toString();
    }
  }

  @Test
  void rows_are_enriched_in_batches_and_deletes_pass() throws Exception {
    try (TestSource movies = new TestSource(servers, "batched", COLUMNS)) {
      for (int id = 0; id < 300; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.row(Op.CREATE, 900, "unknown to the graph", "OPEN");
      movies.row(Op.DELETE, 5);
      movies.flush();

      servers.deploy("batched", pipeline("batched", "batched", BY_LIST));

      assertCaughtUp("batched");
      List<Record> rows = servers.rows("studio.batched");
      assertNoDuplicates(rows);
      Map<Long, Record> latest = latest(rows);
      assertThat(latest).hasSize(301);
      assertThat(latest.get(5L).getField("_op")).isEqualTo("d");
      assertThat(latest.get(5L).getField("director_name")).isNull();
      assertThat(latest.get(900L).getField("director_name")).isNull();
      assertThat(latest.get(900L).getField("title")).isEqualTo("unknown to the graph");
      for (long id = 10; id < 300; id++) {
        Record row = latest.get(id);
        assertThat(row.getField("title")).isEqualTo("movie " + id);
        assertThat(row.getField("director_name")).isEqualTo("Agnès Varda");
        assertThat(row.getField("graph_phase")).isEqualTo("SHOOTING");
        assertThat(row.getField("budget")).isEqualTo(1000.5 + id);
      }
      assertThat(graph.requests(GraphServer.GATEWAY).allIds().size()).isLessThan(400);
      servers.call("DELETE", "/jobs/batched", "");
    }
  }
}
