package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.PublishedRecords.Published;
import dev.backlot.engine.plan.ChangedPlan;
import dev.backlot.event.Op;
import dev.backlot.metadata.SourceStore;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pipelines in a chain: what one publishes is a Source for the others. */
class PublishingIT {
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

  private static String publisher(String table, String published, String onError) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: publish_%1$s
        on_error: %3$s
        steps:
          - {id: one, source: studio.public.%1$s}
          - {id: active, processor: filter, from: one, publish: %2$s, parallelism: 2,
             config: {where: "phase <> 'CANCELLED'"}}
        """
        .formatted(table, published, onError);
  }

  private static String reader(String source) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: read_%1$s
        steps:
          - {id: one, source: %1$s}
          - {id: warehouse, sink: iceberg, from: one,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(source);
  }

  /** What the business view shows: title by key. */
  private static Map<String, String> latest(List<Record> rows, String... key) {
    Map<String, Record> newest = new HashMap<>();
    Map<Integer, Long> truncated = new HashMap<>();
    for (Record row : rows) {
      if ("t".equals(row.getField("_op"))) {
        truncated.merge((Integer) row.getField("_partition"), offset(row), Math::max);
      } else {
        StringBuilder text = new StringBuilder();
        for (String column : key) {
          text.append("/").append(row.getField(column));
        }
        newest.merge(text.toString(), row, (a, b) -> offset(a) > offset(b) ? a : b);
      }
    }
    Map<String, String> titles = new TreeMap<>();
    newest.forEach(
        (text, row) -> {
          long end = truncated.getOrDefault((Integer) row.getField("_partition"), -1L);
          if (!"d".equals(row.getField("_op")) && offset(row) > end) {
            titles.put(text, String.valueOf(row.getField("title")));
          }
        });
    return titles;
  }

  private static long offset(Record row) {
    return (Long) row.getField("_offset");
  }

  private static void stop(String... pipelines) throws Exception {
    for (String pipeline : pipelines) {
      servers.call("DELETE", "/jobs/" + pipeline, "");
    }
  }

  @Test
  void a_filtered_output_is_a_source_of_another_pipeline() throws Exception {
    try (TestSource movies = new TestSource(servers, "movie", COLUMNS)) {
      for (int id = 0; id < 20; id++) {
        movies.row(Op.READ, id, "movie " + id, id % 5 == 0 ? "CANCELLED" : "SHOOTING");
      }
      movies.flush();
      servers.deploy("publish_movie", publisher("movie", "active_movies", "stop"));
      servers.deploy("read_active_movies", reader("active_movies"));

      movies.row(Op.UPDATE, 1, "movie 1", "CANCELLED");
      movies.row(Op.UPDATE, 5, "movie 5 again", "SHOOTING");
      movies.row(Op.DELETE, 2);
      movies.row(Op.CREATE, 20, null, "SHOOTING");
      movies.flush();

      assertThat(servers.caughtUp("read_active_movies", 30_000)).isTrue();
      Map<String, String> expected = new TreeMap<>();
      for (int id = 0; id < 20; id++) {
        if (id % 5 != 0 && id > 2) {
          expected.put("/" + id, "movie " + id);
        }
      }
      expected.put("/5", "movie 5 again");
      expected.put("/20", "null");
      List<Record> rows = servers.rows("studio.active_movies");
      assertThat(latest(rows, "id")).isEqualTo(expected);
      assertThat(rows).extracting(row -> row.getField("_source")).containsOnly("active_movies");
      assertThat(rows)
          .extracting(row -> row.getField("_source_position").toString())
          .allMatch(position -> position.startsWith("00000001/0000000000000064/"));
      SourceStore.StoredSource source =
          servers.metadata.sources().find("active_movies").orElseThrow();
      assertThat(source.descriptor().publisher().pipeline()).isEqualTo("publish_movie");
      assertThat(source.descriptor().partitions()).isEqualTo(2);
      assertThat(source.state()).isEqualTo(SourceStore.State.STREAMING);

      movies.truncated();
      movies.row(Op.CREATE, 7, "after", "SHOOTING");
      movies.flush();
      assertThat(servers.caughtUp("read_active_movies", 30_000)).isTrue();
      assertThat(latest(servers.rows("studio.active_movies"), "id"))
          .isEqualTo(Map.of("/7", "after"));
      JsonNode sample = servers.call("GET", "/sources/active_movies/sample?limit=3", "");
      assertThat(sample.path("rows").findValuesAsText("title")).contains("after");

      stop("publish_movie");
      movies.row(Op.UPDATE, 7, "while stopped", "SHOOTING");
      movies.flush();
      assertThat(servers.caughtUp("read_active_movies", 500)).isFalse();
      servers.deploy("publish_movie", publisher("movie", "active_movies", "stop"));
      assertThat(servers.caughtUp("read_active_movies", 30_000)).isTrue();
      assertThat(latest(servers.rows("studio.active_movies"), "id"))
          .isEqualTo(Map.of("/7", "while stopped"));
      stop("publish_movie", "read_active_movies");
    }
  }

  @Test
  void every_change_is_published_once_and_in_order_however_often_the_job_ends() throws Exception {
    int keys = 40;
    int rounds = 60;
    try (TestSource deals = new TestSource(servers, "deal", COLUMNS)) {
      for (int crash = 5; crash < rounds; crash += 5) {
        FaultyProcessor.CRASHING.add("k3 v" + crash);
        FaultyProcessor.CRASHING.add("k8 v" + (crash + 2));
      }
      String pipeline = publisher("deal", "active_deals", "dead_letter");
      servers.deploy("publish_deal", pipeline, plan -> ChangedPlan.with(plan, "active", "faulty"));
      servers.deploy("read_active_deals", reader("active_deals"));
      for (int round = 0; round < rounds; round++) {
        for (int id = 0; id < keys; id++) {
          boolean deleted = id % 7 == 0 && round % 10 == 9;
          if (deleted) {
            deals.row(Op.DELETE, id);
          } else {
            deals.row(Op.UPDATE, id, "k" + id + " v" + round, "SHOOTING");
          }
        }
        deals.flush();
        if (round % 20 == 10) {
          stop("publish_deal");
          servers.deploy(
              "publish_deal", pipeline, plan -> ChangedPlan.with(plan, "active", "faulty"));
        }
      }

      assertThat(servers.caughtUp("read_active_deals", 90_000)).isTrue();
      assertThat(FaultyProcessor.CRASHING).isEmpty();
      Map<Long, List<String>> told = new TreeMap<>();
      List<Published> records = PublishedRecords.of(servers, "active_deals");
      for (Published record : records) {
        if (record.row() != null) {
          String op = record.row().getString(3).toString();
          told.computeIfAbsent(record.row().getLong(0), any -> new ArrayList<>())
              .add(op + record.text(1));
        }
      }
      Map<Long, List<String>> expected = new TreeMap<>();
      for (long id = 0; id < keys; id++) {
        long key = id;
        expected.put(
            id,
            IntStream.range(0, rounds)
                .mapToObj(
                    round -> key % 7 == 0 && round % 10 == 9 ? "d" : "u" + "k" + key + " v" + round)
                .toList());
      }
      assertThat(told).isEqualTo(expected);
      long tombstones = records.stream().filter(record -> record.row() == null).count();
      assertThat(tombstones).isEqualTo(6 * 6);
      assertThat(records.stream().map(r -> r.header().generation()).distinct().count())
          .isGreaterThan(6);
      Map<String, String> view = new TreeMap<>();
      for (int id = 0; id < keys; id++) {
        if (id % 7 != 0) {
          view.put("/" + id, "k" + id + " v" + (rounds - 1));
        }
      }
      List<Record> rows = servers.rows("studio.active_deals");
      assertThat(latest(rows, "id")).isEqualTo(view);
      assertThat(rows).hasSize(keys * rounds);
      stop("publish_deal", "read_active_deals");
    } finally {
      FaultyProcessor.CRASHING.clear();
    }
  }

  @Test
  void united_sources_keep_their_keys_order_and_truncations_apart() throws Exception {
    try (TestSource talents = new TestSource(servers, "talent", COLUMNS);
        TestSource vendors = new TestSource(servers, "vendor", COLUMNS)) {
      String everyone =
          """
          apiVersion: backlot/v1
          kind: Pipeline
          name: publish_everyone
          steps:
            - {id: talents, source: studio.public.talent}
            - {id: vendors, source: studio.public.vendor}
            - {id: renamed, processor: rename, from: talents, config: {fields: {phase: stage}}}
            - {id: all, processor: union, from: [renamed, vendors], publish: everyone, parallelism: 2}
            - {id: warehouse, sink: iceberg, from: all,
               config: {table: studio.everyone_at_once, commit_interval: 200ms}}
          """;
      for (int id = 0; id < 10; id++) {
        talents.row(Op.CREATE, id, "talent " + id, "A");
        vendors.row(Op.CREATE, id, "vendor " + id, "B");
      }
      talents.flush();
      vendors.flush();
      servers.deploy("publish_everyone", everyone);
      servers.deploy("read_everyone", reader("everyone"));
      assertThat(servers.caughtUp("publish_everyone", 30_000)).isTrue();

      talents.truncated();
      talents.row(Op.CREATE, 3, "only talent", "A");
      vendors.row(Op.DELETE, 3);
      talents.flush();
      vendors.flush();

      assertThat(servers.caughtUp("read_everyone", 30_000)).isTrue();
      Map<String, String> expected = new TreeMap<>();
      expected.put("/studio.public.talent/3", "only talent");
      for (int id = 0; id < 10; id++) {
        if (id != 3) {
          expected.put("/studio.public.vendor/" + id, "vendor " + id);
        }
      }
      List<Record> rows = servers.rows("studio.everyone");
      assertThat(latest(rows, "source_name", "id")).isEqualTo(expected);
      assertThat(servers.rows("studio.everyone_at_once")).hasSameSizeAs(rows);
      assertThat(
              servers.metadata.sources().find("everyone").orElseThrow().descriptor().keyColumns())
          .containsExactly("source_name", "id");
      stop("publish_everyone", "read_everyone");
    }
  }

  @Test
  void a_new_column_reaches_the_tables_behind_with_its_first_value() throws Exception {
    try (TestSource shoots = new TestSource(servers, "shoot", COLUMNS)) {
      shoots.row(Op.CREATE, 1, "first", "OPEN");
      shoots.flush();
      servers.deploy("publish_shoot", publisher("shoot", "active_shoots", "stop"));
      servers.deploy("read_active_shoots", reader("active_shoots"));
      assertThat(servers.caughtUp("read_active_shoots", 30_000)).isTrue();

      List<Field> more = new ArrayList<>(COLUMNS);
      more.add(Field.nullable("crew", FieldType.Simple.INT));
      shoots.alter(more, true);
      shoots.row(Op.CREATE, 2, "second", "OPEN", 42);
      shoots.flush();
      servers.deploy("publish_shoot", publisher("shoot", "active_shoots", "stop"));
      servers.deploy("read_active_shoots", reader("active_shoots"));

      assertThat(servers.caughtUp("read_active_shoots", 30_000)).isTrue();
      assertThat(servers.rows("studio.active_shoots"))
          .extracting(row -> row.getField("crew"))
          .containsExactlyInAnyOrder(null, 42);
      SourceStore.StoredSource source =
          servers.metadata.sources().find("active_shoots").orElseThrow();
      assertThat(source.descriptor().epoch()).isEqualTo(1);
      assertThat(source.descriptor().valueSchemaIds()).hasSize(2);
      stop("publish_shoot", "read_active_shoots");
    }
  }

  @Test
  void a_topic_that_somebody_deleted_is_not_published_anew() throws Exception {
    try (TestSource roles = new TestSource(servers, "role", COLUMNS)) {
      roles.row(Op.CREATE, 1, "first", "OPEN");
      roles.flush();
      String pipeline = publisher("role", "active_roles", "stop");
      servers.deploy("publish_role", pipeline);
      assertThat(servers.caughtUp("publish_role", 30_000)).isTrue();
      stop("publish_role");
      servers.deleteTopic("backlot.active_roles.1");

      JsonNode plan = servers.plan(pipeline).get("plan");
      JsonNode refused = servers.put("publish_role", plan);

      assertThat(refused.toString()).contains("KAFKA_DATA_LOST").contains("deletion: purge");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> servers.job("publish_role").path("state").asText().equals("CANCELED"));
    }
  }

  @Test
  void a_failed_record_stays_a_letter_that_no_replay_puts_before_newer_changes() throws Exception {
    try (TestSource films = new TestSource(servers, "film", COLUMNS)) {
      FaultyProcessor.FAILING.add("b");
      films.row(Op.CREATE, 1, "a", "OPEN");
      films.row(Op.CREATE, 3, "b", "OPEN");
      films.row(Op.CREATE, 5, "c", "OPEN");
      films.flush();
      servers.deploy(
          "publish_film",
          publisher("film", "active_films", "dead_letter"),
          plan -> ChangedPlan.with(plan, "active", "faulty"));
      assertThat(servers.caughtUp("publish_film", 30_000)).isTrue();

      JsonNode replayed = servers.call("POST", "/pipelines/publish_film/replays", "{}");

      assertThat(replayed.path("replayed")).isEmpty();
      assertThat(replayed.path("refused").toString()).contains("published Source 'active_films'");
      assertThat(PublishedRecords.of(servers, "active_films"))
          .extracting(record -> record.text(1))
          .containsExactly("a", "c");
      stop("publish_film");
    } finally {
      FaultyProcessor.FAILING.clear();
    }
  }

  @Test
  void what_is_ordered_by_time_stays_so() throws Exception {
    try (TestSource plans = new TestSource(servers, "plan", COLUMNS)) {
      plans.tellsWholeRows(true);
      plans.row(Op.CREATE, 1, "x", "10");
      plans.changed(1, new Object[] {"x", "10"}, "x", "20");
      plans.flush();
      String pipeline =
          """
          apiVersion: backlot/v1
          kind: Pipeline
          name: publish_plan
          steps:
            - {id: plans, source: studio.public.plan}
            - {id: touched, processor: trigger, from: plans, publish: touched_phases, config: {key: [phase]}}
          """;
      servers.deploy("publish_plan", pipeline);
      servers.deploy("read_touched_phases", reader("touched_phases"));

      assertThat(servers.caughtUp("read_touched_phases", 30_000)).isTrue();
      List<Record> rows = servers.rows("studio.touched_phases");
      assertThat(rows)
          .extracting(row -> String.valueOf(row.getField("phase")))
          .containsExactlyInAnyOrder("10", "10", "20");
      List<Published> records = PublishedRecords.of(servers, "touched_phases");
      assertThat(records).hasSize(3);
      assertThat(servers.plan(reader("touched_phases")).path("plan").path("sinks").toString())
          .contains("_ts: different Sources share a key");
      // The rows' own time, which is that of their record's in the Source's topic.
      assertThat(rows)
          .extracting(row -> row.getField(SystemColumn.TS.column()))
          .doesNotContainNull();
      stop("publish_plan", "read_touched_phases");
    }
  }
}
