package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.plan.ChangedPlan;
import dev.backlot.event.Op;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changes of one table refresh rows of another, under the old key and the new one. */
class TriggerIT {
  private static final List<Field> SCHEDULE =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("movie_id", FieldType.Simple.INT),
          Field.nullable("title", FieldType.Text.PLAIN));
  private static final List<Field> MOVIE =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("number", FieldType.Simple.INT));
  private static EngineServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = new EngineServers();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @AfterEach
  void mend() {
    FaultyProcessor.FAILING.clear();
  }

  private static String pipeline(String name, String onError) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        on_error: %2$s
        steps:
          - {id: schedules, source: studio.public.%1$s}
          - {id: shown, processor: filter, from: schedules, config: {where: "title <> 'hidden'"}}
          - {id: changes, processor: trigger, from: shown, config: {key: [movie_id]}}
          - {id: checked, processor: filter, from: changes, config: {where: "movie_id > -1"}}
          - {id: table, sink: iceberg, from: checked,
             config: {table: studio.%1$s_changes, commit_interval: 100ms}}
          - {id: raw, sink: iceberg, from: schedules,
             config: {table: studio.%1$s, commit_interval: 100ms}}
        """
        .formatted(name, onError);
  }

  private static void deploy(String name, String onError) throws Exception {
    servers.deploy(
        name, pipeline(name, onError), plan -> ChangedPlan.with(plan, "checked", "faulty"));
  }

  /** Returns what is refreshed, in order of the records: offset and movie. */
  private static List<String> refreshed(String name) throws Exception {
    Set<String> refreshed = new TreeSet<>();
    for (Record row : servers.rows("studio." + name + "_changes")) {
      assertThat(row.getField("_op")).isEqualTo("r");
      String told =
          "%d/%04d: %s"
              .formatted(
                  (Integer) row.getField("_partition"),
                  (Long) row.getField("_offset"),
                  row.getField("movie_id"));
      assertThat(refreshed.add(told)).as("%s twice", told).isTrue();
    }
    return new ArrayList<>(refreshed);
  }

  private static void caughtUp(String pipeline) throws Exception {
    assertThat(servers.caughtUp(pipeline, 30_000)).isTrue();
  }

  @Test
  void a_change_refreshes_the_old_key_and_the_new_one_and_never_deletes() throws Exception {
    try (TestSource schedule = new TestSource(servers, "call", SCHEDULE)) {
      schedule.tellsWholeRows(true);
      schedule.row(Op.CREATE, 1, 10, "a");
      schedule.changed(1, new Object[] {10, "a"}, 10, "b");
      schedule.changed(1, new Object[] {10, "b"}, 20, "b");
      schedule.changed(1, new Object[] {20, "b"}, null, "b");
      schedule.changed(1, new Object[] {null, "b"}, 30, "b");
      schedule.changed(1, new Object[] {30, "b"}, 40, "hidden");
      schedule.deleted(1, 40, "hidden");
      schedule.row(Op.CREATE, 3, 50, "hidden");
      schedule.flush();

      deploy("call", "stop");

      caughtUp("call");
      assertThat(refreshed("call"))
          .containsExactly(
              "1/0001: 10",
              "1/0002: 10",
              "1/0003: 10",
              "1/0003: 20",
              "1/0004: 20",
              "1/0005: 30",
              "1/0006: 30",
              "1/0007: 40");
      assertThat(servers.rows("studio.call")).hasSize(8);
      servers.call("DELETE", "/jobs/call", "");
    }
  }

  @Test
  void both_refreshes_of_a_record_are_there_once_whatever_a_job_is_torn_out_of() throws Exception {
    try (TestSource schedule = new TestSource(servers, "shift", SCHEDULE)) {
      schedule.tellsWholeRows(true);
      int rounds = 5;
      int records = 400;
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < records; i++) {
          int n = round * records + i;
          schedule.changed(i, new Object[] {n, "a"}, n + 1, "a");
        }
        schedule.flush();
        deploy("shift", "dead_letter");
        long enough = (long) round * records;
        await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(Duration.ofSeconds(30))
            .until(() -> servers.rows("studio.shift_changes").size() > enough);
        servers.call("DELETE", "/jobs/shift", "");
      }
      deploy("shift", "dead_letter");
      caughtUp("shift");

      List<String> refreshed = refreshed("shift");

      assertThat(refreshed).hasSize(2 * rounds * records);
      Set<String> movies = new HashSet<>();
      refreshed.forEach(told -> movies.add(told.substring(told.indexOf(": ") + 2)));
      assertThat(movies).hasSize(rounds * records + 1);
      servers.call("DELETE", "/jobs/shift", "");
    }
  }

  @Test
  void a_replay_adds_only_the_refresh_that_failed() throws Exception {
    try (TestSource schedule = new TestSource(servers, "lunch", SCHEDULE)) {
      schedule.tellsWholeRows(true);
      FaultyProcessor.FAILING.add("20");
      schedule.changed(1, new Object[] {10, "a"}, 20, "a");
      schedule.flush();
      deploy("lunch", "dead_letter");
      caughtUp("lunch");
      assertThat(refreshed("lunch")).containsExactly("1/0001: 10");
      FaultyProcessor.FAILING.clear();

      servers.call("POST", "/pipelines/lunch/replays", "{}");

      caughtUp("lunch");
      assertThat(refreshed("lunch")).containsExactly("1/0001: 10", "1/0001: 20");
      servers.call("DELETE", "/jobs/lunch", "");
    }
  }

  @Test
  void a_replay_stays_older_than_what_came_after_its_failure() throws Exception {
    try (TestSource schedule = new TestSource(servers, "take", SCHEDULE)) {
      schedule.tellsWholeRows(true);
      FaultyProcessor.FAILING.add("20");
      schedule.changed(1, new Object[] {20, "a"}, 20, "b");
      schedule.flush();
      deploy("take", "dead_letter");
      caughtUp("take");
      FaultyProcessor.FAILING.clear();
      schedule.changed(3, new Object[] {20, "a"}, 20, "c");
      schedule.flush();
      caughtUp("take");

      servers.call("POST", "/pipelines/take/replays", "{}");

      caughtUp("take");
      List<Record> rows = servers.rows("studio.take_changes");
      rows.sort(
          java.util.Comparator.comparing((Record row) -> (OffsetDateTime) row.getField("_ts")));
      assertThat(rows).extracting(row -> row.getField("_offset")).containsExactly(1L, 2L);
      servers.call("DELETE", "/jobs/take", "");
    }
  }

  @Test
  void what_does_not_tell_the_old_key_is_an_error() throws Exception {
    try (TestSource schedule = new TestSource(servers, "wrap", SCHEDULE)) {
      JsonNode refused = servers.plan(pipeline("wrap", "dead_letter"));
      assertThat(refused.path("problems").get(0).path("message").asText())
          .contains("ALTER TABLE public.wrap REPLICA IDENTITY FULL");
      schedule.tellsWholeRows(true);
      deploy("wrap", "dead_letter");
      schedule.row(Op.UPDATE, 1, 10, "a");
      schedule.row(Op.DELETE, 1);
      schedule.truncated();
      schedule.row(Op.CREATE, 3, 30, "a");
      schedule.flush();

      caughtUp("wrap");

      assertThat(refreshed("wrap")).hasSize(1);
      List<String> letters = new ArrayList<>();
      servers
          .call("GET", "/pipelines/wrap/dead-letters", "")
          .forEach(l -> letters.add(l.path("code").asText() + l.path("step").asText()));
      assertThat(letters).hasSize(4).containsOnly("PIPELINE_NEEDS_BEFORE_IMAGEchanges");
      servers.call("DELETE", "/jobs/wrap", "");
    }
  }

  @Test
  void triggers_of_several_sources_share_a_key_with_the_rows_that_they_refresh() throws Exception {
    try (TestSource movies = new TestSource(servers, "feature", MOVIE);
        TestSource schedule = new TestSource(servers, "slot", SCHEDULE)) {
      schedule.tellsWholeRows(true);
      movies.row(Op.CREATE, 1, 7);
      schedule.changed(1, new Object[] {1, "a"}, 2, "a");
      movies.flush();
      schedule.flush();
      String yaml =
          """
          apiVersion: backlot/v1
          kind: Pipeline
          name: refreshed
          steps:
            - {id: movies, source: studio.public.feature}
            - {id: schedules, source: studio.public.slot}
            - {id: named, processor: rename, from: movies, config: {fields: {id: movie_id}}}
            - {id: changes, processor: trigger, from: schedules, config: {key: [movie_id]}}
            - {id: all, processor: union, from: [named, changes], config: {key: [movie_id]}}
            - {id: table, sink: iceberg, from: all,
               config: {table: studio.refreshed, commit_interval: 100ms}}
          """;

      servers.deploy("refreshed", yaml);

      caughtUp("refreshed");
      assertThat(servers.rows("studio.refreshed"))
          .extracting(row -> row.getField("movie_id") + " " + row.getField("_op"))
          .containsExactlyInAnyOrder("1 c", "1 r", "2 r");
      servers.call("DELETE", "/jobs/refreshed", "");
    }
  }
}
