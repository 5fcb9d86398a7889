package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.event.Op;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.SourceStore;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole pipelines: from topics to tables, over the data plane's HTTP interface. */
class PipelineIT {
  private static final List<Field> COLUMNS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN),
          Field.nullable("phase", FieldType.Text.PLAIN));
  private static EngineServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = new EngineServers();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static String united(String name, String one, String other) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: one, source: studio.public.%2$s}
          - {id: other, source: studio.public.%3$s}
          - {id: active, processor: filter, from: one, config: {where: "phase <> 'CANCELLED'"}}
          - {id: slim, processor: projection, from: active, config: {fields: [title]}}
          - {id: all, processor: union, from: [slim, other], parallelism: 2}
          - {id: warehouse, sink: iceberg, from: all,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(name, one, other);
  }

  private static String plain(String name, String source) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: one, source: studio.public.%2$s}
          - {id: warehouse, sink: iceberg, from: one,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(name, source);
  }

  /** What the business view shows: title by Source and id. */
  private static Map<String, String> latest(List<Record> rows) {
    Map<String, Record> newest = new HashMap<>();
    for (Record row : rows) {
      newest.merge(
          row.getField("_source") + "/" + row.getField("id"),
          row,
          (a, b) -> offset(a) > offset(b) ? a : b);
    }
    Map<String, String> titles = new TreeMap<>();
    newest.forEach(
        (key, row) -> {
          if (!"d".equals(row.getField("_op"))) {
            titles.put(key, String.valueOf(row.getField("title")));
          }
        });
    return titles;
  }

  private static long offset(Record row) {
    return (Long) row.getField("_offset");
  }

  private static void assertNoDuplicates(List<Record> rows) {
    Set<List<Object>> seen = new HashSet<>();
    for (Record row : rows) {
      List<Object> identity = new ArrayList<>();
      for (String column : List.of("_source", "_epoch", "_partition", "_offset")) {
        identity.add(row.getField(column));
      }
      assertThat(seen.add(identity)).as(identity.toString()).isTrue();
    }
  }

  @Test
  void united_sources_end_in_a_table_once_across_restarts() throws Exception {
    try (TestSource movies = new TestSource(servers, "movie", COLUMNS);
        TestSource shows = new TestSource(servers, "show", COLUMNS)) {
      for (int id = 0; id < 100; id++) {
        movies.row(Op.CREATE, id, "movie " + id, id % 10 == 0 ? "CANCELLED" : "SHOOTING");
        shows.row(Op.READ, id, "show " + id, "CANCELLED");
      }
      movies.row(Op.UPDATE, 1, "movie 1", "CANCELLED");
      movies.row(Op.UPDATE, 10, "movie 10 again", "SHOOTING");
      movies.row(Op.DELETE, 2);
      movies.row(Op.UPDATE, 3, "movie 3", null);
      movies.flush();
      shows.flush();

      String job = servers.deploy("united", united("united", "movie", "show"));

      assertThat(servers.caughtUp("united", 30_000)).isTrue();
      assertThat(servers.deploy("united", united("united", "movie", "show"))).isEqualTo(job);
      Map<String, String> expected = new TreeMap<>();
      for (int id = 0; id < 100; id++) {
        expected.put("studio.public.show/" + id, "show " + id);
        if (id % 10 != 0 && id != 1 && id != 2 && id != 3) {
          expected.put("studio.public.movie/" + id, "movie " + id);
        }
      }
      expected.put("studio.public.movie/10", "movie 10 again");
      assertThat(latest(servers.rows("studio.united"))).isEqualTo(expected);

      servers.call("DELETE", "/jobs/united", "");
      assertThat(servers.job("united").path("state").asText()).isEqualTo("CANCELED");
      movies.row(Op.UPDATE, 4, "written while stopped", "SHOOTING");
      movies.flush();
      assertThat(servers.caughtUp("united", 300)).isFalse();
      assertThat(servers.call("GET", "/pipelines/united/progress", "").path("lag_records").asLong())
          .isEqualTo(1);
      String next = servers.deploy("united", united("united", "movie", "show"));

      assertThat(next).isNotEqualTo(job);
      assertThat(servers.caughtUp("united", 30_000)).isTrue();
      expected.put("studio.public.movie/4", "written while stopped");
      List<Record> rows = servers.rows("studio.united");
      assertThat(latest(rows)).isEqualTo(expected);
      assertNoDuplicates(rows);
      JsonNode progress = servers.call("GET", "/pipelines/united/progress", "");
      assertThat(progress.path("lag_records").asLong()).isZero();
      assertThat(progress.path("lag_seconds").asDouble()).isZero();
      servers.call("DELETE", "/jobs/united", "");
    }
  }

  @Test
  void a_new_column_waits_in_its_partition_until_a_new_plan_covers_it() throws Exception {
    try (TestSource deals = new TestSource(servers, "deal", COLUMNS)) {
      deals.row(Op.CREATE, 1, "first", "OPEN");
      deals.flush();
      servers.deploy("deals", plain("deals", "deal"));
      assertThat(servers.caughtUp("deals", 30_000)).isTrue();
      List<Field> more = new ArrayList<>(COLUMNS);
      more.add(Field.nullable("amount", FieldType.Simple.INT));

      deals.alter(more, false);
      deals.row(Op.CREATE, 2, "second", "OPEN", 42);
      deals.flush();

      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> servers.call("GET", "/pipelines/deals/parked", "").path("records").size() == 1);
      JsonNode parked = servers.call("GET", "/pipelines/deals/parked", "").at("/records/0");
      assertThat(parked.path("topic").asText()).isEqualTo(deals.topic);
      assertThat(parked.path("partition").asInt()).isZero();
      assertThat(parked.path("offset").asLong()).isEqualTo(1);
      assertThat(servers.job("deals").path("state").asText()).isEqualTo("RUNNING");
      assertThat(servers.caughtUp("deals", 300)).isFalse();
      deals.state(SourceStore.State.STREAMING);
      servers.deploy("deals", plain("deals", "deal"));
      assertThat(servers.caughtUp("deals", 30_000)).isTrue();
      List<Record> rows = servers.rows("studio.deals");
      rows.sort(Comparator.comparing(row -> (Long) row.getField("id")));
      assertThat(rows).extracting(row -> row.getField("amount")).containsExactly(null, 42);
      assertNoDuplicates(rows);
      String hash = servers.plan(plain("deals", "deal")).path("hash").asText();
      assertThat(servers.job("deals").path("plan_hash").asText()).isEqualTo(hash);
      servers.call("DELETE", "/jobs/deals", "");
    }
  }

  @Test
  void a_pipeline_from_latest_takes_changes_only() throws Exception {
    try (TestSource roles = new TestSource(servers, "role", COLUMNS)) {
      roles.row(Op.CREATE, 1, "before", "OPEN");
      roles.flush();
      String pipeline = plain("roles", "role").replace("steps:", "start_from: latest\nsteps:");
      servers.deploy("roles", pipeline);

      roles.row(Op.READ, 2, "dumped", "OPEN");
      roles.row(Op.CREATE, 3, "after", "OPEN");
      roles.flush();

      assertThat(servers.caughtUp("roles", 30_000)).isTrue();
      assertThat(servers.rows("studio.roles"))
          .extracting(row -> row.getField("title"))
          .containsExactly("after");
      servers.call("DELETE", "/jobs/roles", "");
    }
  }

  @Test
  void nothing_has_caught_up_before_it_is_proven() throws Exception {
    try (TestSource talents = new TestSource(servers, "talent", COLUMNS)) {
      talents.row(Op.READ, 1, "first", "OPEN");
      talents.flush();
      servers.deploy("talents", plain("talents", "talent"));
      assertThat(servers.caughtUp("talents", 30_000)).isTrue();

      servers.draining(false);
      assertThat(servers.caughtUp("talents", 500)).isFalse();
      servers.draining(true);
      talents.state(SourceStore.State.DUMPING);
      assertThat(servers.caughtUp("talents", 500)).isFalse();
      talents.state(SourceStore.State.STREAMING);

      assertThat(servers.caughtUp("talents", 5_000)).isTrue();
      servers.call("DELETE", "/jobs/talents", "");
    }
  }

  @Test
  void a_sample_shows_the_newest_rows_of_every_schema() throws Exception {
    try (TestSource vendors = new TestSource(servers, "vendor", COLUMNS)) {
      vendors.row(Op.READ, 1, "first", "OPEN");
      List<Field> more = new ArrayList<>(COLUMNS);
      more.add(Field.nullable("rating", FieldType.Simple.INT));
      vendors.alter(more, true);
      vendors.row(Op.CREATE, 2, "second", "OPEN", 5);
      vendors.flush();

      JsonNode sample = servers.call("GET", "/sources/studio.public.vendor/sample?limit=5", "");
      JsonNode stats = servers.call("GET", "/sources/studio.public.vendor/stats", "");

      assertThat(sample.path("rows")).hasSize(2);
      assertThat(sample.path("rows").findValuesAsText("title"))
          .containsExactlyInAnyOrder("first", "second");
      assertThat(sample.path("rows").findValuesAsText("rating")).containsExactly("5");
      assertThat(stats.path("messages").asLong()).isEqualTo(4);
    }
  }

  @Test
  void strangers_and_bad_requests_are_refused() throws Exception {
    assertThat(servers.send("GET", "/jobs", "", "guess").statusCode()).isEqualTo(401);
    assertThat(servers.send("GET", "/nothing", "", "token-of-the-tests").statusCode())
        .isEqualTo(404);
    JsonNode planned = servers.plan(plain("nowhere", "no_such_table"));
    assertThat(planned.path("problems").findValuesAsText("code"))
        .containsExactly("PIPELINE_UNKNOWN_SOURCE");
    assertThat(planned.has("plan")).isFalse();
    assertThat(servers.job("nowhere").isEmpty()).isTrue();
  }

  @Test
  void heartbeats_of_an_idle_source_reach_its_table_and_are_neither_rows_nor_volume_nor_lag()
      throws Exception {
    try (TestSource films = new TestSource(servers, "film", COLUMNS)) {
      films.row(Op.CREATE, 1, "first", "OPEN");
      films.row(Op.CREATE, 2, "second", "OPEN");
      films.flush();
      servers.deploy("films", plain("films", "film"));
      assertThat(servers.caughtUp("films", 30_000)).isTrue();
      await().atMost(Duration.ofSeconds(30)).until(() -> servers.heartbeat("films").isPresent());
      JsonNode before = servers.call("GET", "/sources/" + films.name + "/stats", "");

      for (long sequence = 1; sequence <= 20; sequence++) {
        films.heartbeat(sequence);
        JsonNode progress = servers.call("GET", "/pipelines/films/progress", "");
        assertThat(progress.path("lag_records").asLong()).isZero();
        assertThat(progress.path("lag_seconds").asDouble(-1)).isZero();
      }

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  servers
                      .heartbeat("films")
                      .flatMap(Shown::beat)
                      .map(Beat::sequence)
                      .equals(Optional.of(20L)));
      Shown shown = servers.heartbeat("films").orElseThrow();
      assertThat(shown.seconds().orElseThrow()).isPositive().isLessThan(20);
      assertThat(shown.stillSince()).isEmpty();
      assertThat(shown.windows())
          .first()
          .satisfies(
              w -> {
                assertThat(w.count()).isEqualTo(20);
                assertThat(w.total().p99()).isGreaterThanOrEqualTo(w.total().p50()).isPositive();
              });
      assertThat(servers.caughtUp("films", 30_000)).isTrue();
      assertThat(servers.rows("studio.films")).hasSize(2);
      JsonNode stats = servers.call("GET", "/sources/" + films.name + "/stats", "");
      assertThat(stats.path("messages").asLong()).isEqualTo(before.path("messages").asLong());
      assertThat(stats.path("newest").asText()).isEqualTo(before.path("newest").asText());
      assertThat(stats.path("rate").asDouble(-1)).isZero();
      JsonNode sample = servers.call("GET", "/sources/" + films.name + "/sample?limit=5", "");
      assertThat(sample.path("rows").findValuesAsText("title"))
          .containsExactlyInAnyOrder("first", "second");
      servers.call("DELETE", "/jobs/films", "");
    }
  }
}
