package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.event.Op;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import dev.backlot.testing.graph.Faults;
import dev.backlot.testing.graph.GraphServer;
import dev.backlot.testing.graph.TestGraph;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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

  @Test
  void an_outage_holds_rows_up_and_fails_none() throws Exception {
    try (TestSource movies = new TestSource(servers, "outage", COLUMNS)) {
      movies.row(Op.CREATE, 0, "before", "OPEN");
      movies.flush();
      String job = servers.deploy("outage", pipeline("outage", "outage", BY_LIST));
      assertCaughtUp("outage");

      graph.down(GraphServer.GATEWAY);
      for (int id = 1; id < 200; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();
      assertThat(servers.caughtUp("outage", 5_000)).isFalse();
      assertThat(servers.job("outage").path("state").asText()).isEqualTo("RUNNING");
      graph.up(GraphServer.GATEWAY);
      assertCaughtUp("outage");

      // A subgraph that is away makes the gateway answer with errors at every item.
      graph.down(GraphServer.PEOPLE);
      for (int id = 200; id < 300; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();
      assertThat(servers.caughtUp("outage", 5_000)).isFalse();
      assertThat(servers.job("outage").path("state").asText()).isEqualTo("RUNNING");
      graph.up(GraphServer.PEOPLE);
      assertCaughtUp("outage");

      List<Record> rows = servers.rows("studio.outage");
      assertNoDuplicates(rows);
      assertThat(latest(rows)).hasSize(300);
      assertThat(rows)
          .allSatisfy(row -> assertThat(row.getField("director_name")).isEqualTo("Agnès Varda"));
      assertThat(servers.job("outage").path("job_id").asText()).isEqualTo(job);
      servers.call("DELETE", "/jobs/outage", "");
    }
  }

  @Test
  void busy_slow_and_disorderly_graphs_give_the_same_rows() throws Exception {
    try (TestSource movies = new TestSource(servers, "busy", COLUMNS)) {
      String settings = BY_LIST + "batch: {size: 20, wait: 1ms, in_flight: 8}\n";
      servers.deploy("busy", pipeline("busy", "busy", settings));
      graph.faults(
          GraphServer.GATEWAY,
          Faults.none().jitter(Duration.ofMillis(100)).tooManyRequests(0.2, Duration.ofSeconds(0)));
      graph.faults(GraphServer.CATALOGUE, Faults.none().reversed().status(503, 0.1));
      for (int id = 0; id < 300; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();

      assertCaughtUp("busy");

      List<Record> rows = servers.rows("studio.busy");
      assertNoDuplicates(rows);
      assertThat(latest(rows)).hasSize(300);
      assertThat(rows)
          .allSatisfy(
              row ->
                  assertThat(row.getField("budget")).isEqualTo(1000.5 + (Long) row.getField("id")));
      servers.call("DELETE", "/jobs/busy", "");
    }
  }

  @Test
  void no_row_is_enriched_with_what_was_true_before_its_change() throws Exception {
    try (TestSource movies = new TestSource(servers, "fresh", COLUMNS)) {
      String settings = BY_LIST + "cache: {margin: 0ms}\n";
      servers.deploy("fresh", pipeline("fresh", "fresh", settings));
      for (int round = 1; round <= 40; round++) {
        for (int id = 1; id <= 3; id++) {
          // First the graph changes, then the event of that change comes.
          graph.put(
              "Movie",
              Map.of(
                  "id", "" + id, "phase", "SHOOTING", "budget", (double) round, "director", "p1"));
          movies.row(Op.UPDATE, id, String.valueOf(round), "OPEN");
        }
        movies.flush();
      }

      assertCaughtUp("fresh");

      List<Record> rows = servers.rows("studio.fresh");
      assertNoDuplicates(rows);
      assertThat(rows)
          .isNotEmpty()
          .allSatisfy(
              row ->
                  assertThat((Double) row.getField("budget"))
                      .isGreaterThanOrEqualTo(Double.parseDouble("" + row.getField("title"))));
      Map<Long, Record> latest = latest(rows);
      assertThat(latest).hasSize(3);
      assertThat(latest.values())
          .allSatisfy(row -> assertThat(row.getField("title")).isEqualTo("40"));
      assertStampsGrow(rows);
      servers.call("DELETE", "/jobs/fresh", "");
    }
  }

  private static void assertStampsGrow(List<Record> rows) {
    Map<Long, List<Record>> byKey = new TreeMap<>();
    rows.forEach(
        row -> byKey.computeIfAbsent((Long) row.getField("id"), id -> new ArrayList<>()).add(row));
    byKey.forEach(
        (id, ofKey) -> {
          ofKey.sort(Comparator.comparing(row -> (Long) row.getField("_offset")));
          assertThat(ofKey)
              .extracting(row -> (java.time.OffsetDateTime) row.getField("_ts"))
              .isSorted()
              .doesNotHaveDuplicates();
        });
  }

  @Test
  void of_many_changes_of_a_key_the_newest_is_asked_about() throws Exception {
    try (TestSource movies = new TestSource(servers, "hot", COLUMNS)) {
      graph.faults(GraphServer.GATEWAY, Faults.none().delay(Duration.ofMillis(150)));
      for (int i = 1; i <= 200; i++) {
        movies.row(Op.UPDATE, 7, "change " + i, "OPEN");
        movies.row(Op.UPDATE, 100 + i, "other", "OPEN");
      }
      movies.row(Op.DELETE, 101);
      movies.flush();
      servers.deploy("hot", pipeline("hot", "hot", BY_LIST));

      assertCaughtUp("hot");

      List<Record> rows = servers.rows("studio.hot");
      assertNoDuplicates(rows);
      Map<Long, Record> latest = latest(rows);
      assertThat(latest.get(7L).getField("title")).isEqualTo("change 200");
      assertThat(latest.get(7L).getField("director_name")).isEqualTo("Agnès Varda");
      assertThat(latest.get(101L).getField("_op")).isEqualTo("d");
      assertThat(latest).hasSize(201);
      assertThat(graph.requests(GraphServer.GATEWAY).askingFor("7").count()).isLessThan(20);
      assertStampsGrow(rows);
      servers.call("DELETE", "/jobs/hot", "");
    }
  }

  @Test
  void a_row_that_the_graph_fails_on_stops_the_pipeline_and_nothing_else_does() throws Exception {
    try (TestSource movies = new TestSource(servers, "failing", COLUMNS)) {
      for (int id = 0; id < 50; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();
      graph.faults(GraphServer.CATALOGUE, Faults.none().errorsFor("7"));
      servers.deploy("failing", pipeline("failing", "failing", BY_LIST));

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> servers.job("failing").path("state").asText().equals("FAILED"));
      assertThat(servers.job("failing").path("code").asText()).isEqualTo("ENRICHMENT_FAILED");
      assertThat(servers.job("failing").path("reason").asText())
          .contains("in step 'enriched': it answered: ");
      graph.faults(GraphServer.CATALOGUE, Faults.none());
      servers.deploy("failing", pipeline("failing", "failing", BY_LIST));

      assertCaughtUp("failing");
      List<Record> rows = servers.rows("studio.failing");
      assertNoDuplicates(rows);
      assertThat(latest(rows)).hasSize(50);
      servers.call("DELETE", "/jobs/failing", "");
    }
  }

  @Test
  void only_the_rows_that_the_graph_fails_on_become_letters_and_replays_mend_them()
      throws Exception {
    try (TestSource movies = new TestSource(servers, "lettered", COLUMNS)) {
      String yaml =
          pipeline("lettered", "lettered", BY_LIST)
              .replace("steps:", "on_error: dead_letter\nsteps:");
      for (int id = 0; id < 120; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();
      graph.faults(GraphServer.CATALOGUE, Faults.none().errorsFor("7", "42"));
      servers.deploy("lettered", yaml);

      assertCaughtUp("lettered");

      Map<Long, Record> latest = latest(servers.rows("studio.lettered"));
      assertThat(latest).hasSize(118).doesNotContainKeys(7L, 42L);
      JsonNode letters = servers.call("GET", "/pipelines/lettered/dead-letters", "");
      assertThat(letters.findValuesAsText("step")).containsOnly("enriched");
      assertThat(letters).hasSize(2);
      assertThat(letters.findValuesAsText("code")).containsOnly("ENRICHMENT_FAILED");
      assertThat(letters.findValuesAsText("reason"))
          .allSatisfy(reason -> assertThat(reason).startsWith("it answered: "));
      graph.faults(GraphServer.CATALOGUE, Faults.none());
      servers.call("POST", "/pipelines/lettered/replays", "{}");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> latest(servers.rows("studio.lettered")).size() == 120);
      List<Record> rows = servers.rows("studio.lettered");
      assertThat(latest(rows).get(42L).getField("director_name")).isEqualTo("Agnès Varda");
      assertNoDuplicates(rows);
      servers.call("DELETE", "/jobs/lettered", "");
    }
  }

  @Test
  void a_job_that_ends_in_the_middle_leaves_each_row_once() throws Exception {
    try (TestSource movies = new TestSource(servers, "killed", COLUMNS)) {
      graph.faults(GraphServer.GATEWAY, Faults.none().jitter(Duration.ofMillis(300)));
      String yaml =
          pipeline("killed", "killed", BY_LIST + "batch: {size: 10, wait: 1ms, in_flight: 4}\n");
      for (int id = 0; id < 400; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.flush();
      for (int round = 1; round <= 3; round++) {
        int enough = round * 60;
        servers.deploy("killed", yaml);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> graph.requests(GraphServer.GATEWAY).allIds().size() > enough);
        servers.call("DELETE", "/jobs/killed", "");
        assertThat(servers.job("killed").path("state").asText()).isEqualTo("CANCELED");
      }
      graph.faults(GraphServer.GATEWAY, Faults.none());

      servers.deploy("killed", yaml);

      assertCaughtUp("killed");
      List<Record> rows = servers.rows("studio.killed");
      assertNoDuplicates(rows);
      assertThat(latest(rows)).hasSize(400);
      assertThat(rows)
          .allSatisfy(row -> assertThat(row.getField("director_name")).isEqualTo("Agnès Varda"));
      servers.call("DELETE", "/jobs/killed", "");
    }
  }

  @Test
  void a_query_that_no_longer_fits_the_graph_ends_the_job_and_says_where() throws Exception {
    try (TestSource movies = new TestSource(servers, "changed", COLUMNS)) {
      String yaml = pipeline("changed", "changed", BY_LIST);
      movies.row(Op.CREATE, 1, "before", "OPEN");
      movies.flush();
      servers.deploy("changed", yaml);
      assertCaughtUp("changed");
      String hash = servers.plan(yaml).path("hash").asText();

      graph.addField(GraphServer.CATALOGUE, "Movie", "tagline: String");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(servers.metadata.endpoints().find("studio_edge")).isPresent());
      assertThat(servers.plan(yaml).path("hash").asText())
          .as("what the query does not use")
          .isEqualTo(hash);
      graph.dropField(GraphServer.CATALOGUE, "Movie", "budget");
      movies.row(Op.CREATE, 2, "after", "OPEN");
      movies.flush();

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> servers.job("changed").path("state").asText().equals("FAILED"));
      assertThat(servers.job("changed").path("code").asText()).isEqualTo("ENDPOINT_REFUSED");
      assertThat(servers.job("changed").path("reason").asText()).contains("budget");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                JsonNode problem = servers.plan(yaml).path("problems").path(0);
                assertThat(problem.path("code").asText()).isEqualTo("GRAPHQL_INVALID");
                assertThat(problem.path("message").asText())
                    .contains("at 2:32 of the query, 'Movie' has no field 'budget'");
                assertThat(problem.path("place").path("line").asInt()).isEqualTo(13);
              });

      graph.addField(GraphServer.CATALOGUE, "Movie", "budget: Float!");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> servers.plan(yaml).path("problems").isEmpty());
      assertThat(servers.plan(yaml).path("hash").asText()).isNotEqualTo(hash);
      servers.call("DELETE", "/jobs/changed", "");
    }
  }

  private static String united(String name, String one, String other) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: one, source: studio.public.%2$s}
          - {id: other, source: studio.public.%3$s}
          - {id: all, processor: union, from: [one, other], config: {key: [id]}, parallelism: 2}
          - id: enriched
            processor: graphql_enrichment
            from: all
            config:
        %4$s  - {id: warehouse, sink: iceberg, from: enriched,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(name, one, other, BY_LIST.indent(6));
  }

  @Test
  void sources_with_a_shared_key_meet_in_one_place_and_the_latest_answer_counts() throws Exception {
    try (TestSource one = new TestSource(servers, "shared_one", COLUMNS);
        TestSource other = new TestSource(servers, "shared_other", COLUMNS)) {
      servers.deploy("shared", united("shared", "shared_one", "shared_other"));
      for (int round = 1; round <= 20; round++) {
        for (int id = 1; id <= 10; id++) {
          graph.put(
              "Movie",
              Map.of(
                  "id", "" + id, "phase", "SHOOTING", "budget", (double) round, "director", "p1"));
          (round % 2 == 0 ? one : other).row(Op.UPDATE, id, String.valueOf(round), "OPEN");
        }
        one.flush();
        other.flush();
      }

      assertCaughtUp("shared");

      List<Record> rows = servers.rows("studio.shared");
      assertNoDuplicates(rows);
      Map<Long, Record> newest = new HashMap<>();
      for (Record row : rows) {
        newest.merge((Long) row.getField("id"), row, (a, b) -> stamp(a).isAfter(stamp(b)) ? a : b);
        assertThat((Double) row.getField("budget"))
            .isGreaterThanOrEqualTo(Double.parseDouble("" + row.getField("title")));
      }
      assertThat(newest).hasSize(10);
      assertThat(newest.values())
          .allSatisfy(row -> assertThat(row.getField("budget")).isEqualTo(20.0));
      servers.call("DELETE", "/jobs/shared", "");
    }
  }

  private static java.time.OffsetDateTime stamp(Record row) {
    return (java.time.OffsetDateTime) row.getField("_ts");
  }

  @Test
  void a_root_field_of_one_key_is_repeated_under_aliases() throws Exception {
    try (TestSource movies = new TestSource(servers, "aliased", COLUMNS)) {
      for (int id = 0; id < 30; id++) {
        movies.row(Op.CREATE, id, "movie " + id, "OPEN");
      }
      movies.row(Op.CREATE, 900, "unknown to the graph", "OPEN");
      movies.flush();
      String settings =
          """
          endpoint: studio_edge
          query: "query ($id: ID!) { movie(id: $id) { director { name } } }"
          variables: {id: id}
          take: {director_name: director.name}
          on_missing: delete
          """;

      servers.deploy("aliased", pipeline("aliased", "aliased", settings));

      assertCaughtUp("aliased");
      Map<Long, Record> latest = latest(servers.rows("studio.aliased"));
      assertThat(latest).hasSize(31);
      assertThat(latest.get(900L).getField("_op")).isEqualTo("d");
      assertThat(latest.get(900L).getField("title")).isNull();
      assertThat(latest.get(7L).getField("director_name")).isEqualTo("Agnès Varda");
      servers.call("DELETE", "/jobs/aliased", "");
    }
  }

  @Test
  void an_endpoint_s_state_says_whether_it_answers() throws Exception {
    servers.plan(pipeline("none", "none", BY_LIST));
    String hash = servers.metadata.endpoints().find("studio_edge").orElseThrow().schemaHash();
    assertThat(hash).hasSize(64);

    graph.down(GraphServer.GATEWAY);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              JsonNode planned = servers.plan(pipeline("none", "none", BY_LIST));
              var status = servers.metadata.endpoints().find("studio_edge").orElseThrow();
              assertThat(status.reachable()).isFalse();
              assertThat(status.reason()).isNotEmpty();
              assertThat(status.schemaHash()).isEqualTo(hash);
              assertThat(planned.path("problems").findValuesAsText("code"))
                  .doesNotContain("ENDPOINT_UNREACHABLE");
            });
    graph.up(GraphServer.GATEWAY);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              servers.plan(pipeline("none", "none", BY_LIST));
              assertThat(servers.metadata.endpoints().find("studio_edge").orElseThrow().reachable())
                  .isTrue();
            });
  }

  @Test
  void a_step_whose_graph_hangs_makes_the_heartbeat_silent_until_it_answers() throws Exception {
    try (TestSource deals = new TestSource(servers, "stuck", COLUMNS)) {
      servers.deploy("stuck", pipeline("stuck", "stuck", BY_LIST));
      await().atMost(Duration.ofSeconds(30)).until(() -> servers.heartbeat("stuck").isPresent());
      deals.heartbeat(1);
      await().atMost(Duration.ofSeconds(30)).until(() -> newestHeartbeat("stuck") == 1);

      graph.faults(GraphServer.CATALOGUE, Faults.none().hang());
      deals.row(Op.CREATE, 1, "hangs", "SHOOTING");
      deals.flush();
      Instant hung = Instant.now();
      deals.heartbeat(2);
      deals.heartbeat(3);

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  servers
                      .heartbeat("stuck")
                      .flatMap(Shown::stillSince)
                      .filter(since -> since.plusSeconds(5).isBefore(Instant.now()))
                      .isPresent());
      Shown silent = servers.heartbeat("stuck").orElseThrow();
      assertThat(silent.beat().orElseThrow().sequence()).isEqualTo(1);
      assertThat(silent.stillSince().orElseThrow()).isAfter(hung);
      assertThat(servers.job("stuck").path("state").asText()).isEqualTo("RUNNING");

      graph.reset();
      await().atMost(Duration.ofSeconds(120)).until(() -> newestHeartbeat("stuck") == 3);
      assertThat(servers.rows("studio.stuck")).hasSize(1);
      assertThat(servers.heartbeat("stuck").flatMap(Shown::stillSince)).isEmpty();
      servers.call("DELETE", "/jobs/stuck", "");
    }
  }

  private static long newestHeartbeat(String pipeline) {
    return servers.heartbeat(pipeline).flatMap(Shown::beat).map(Beat::sequence).orElse(0L);
  }
}
