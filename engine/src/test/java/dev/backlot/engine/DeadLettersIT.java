package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.plan.ChangedPlan;
import dev.backlot.event.Op;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.transport.LetterTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Records that fail are in a table or in a letter, never in neither; replays mend tables. */
class DeadLettersIT {
  private static final List<Field> COLUMNS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN));
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

  /** One table behind a step that can fail, one beside it. */
  private static String pipeline(String name, String onError) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        on_error: %2$s
        steps:
          - {id: read, source: studio.public.%1$s}
          - {id: checked, processor: filter, from: read, config: {where: "id >= 0"}}
          - {id: table, sink: iceberg, from: checked,
             config: {table: studio.%1$s, commit_interval: 100ms}}
          - {id: other, sink: iceberg, from: checked,
             config: {table: studio.%1$s_other, commit_interval: 100ms}}
          - {id: beside, sink: iceberg, from: read,
             config: {table: studio.%1$s_beside, commit_interval: 100ms}}
        """
        .formatted(name, onError);
  }

  private static String deploy(String name, String onError) throws Exception {
    return servers.deploy(
        name, pipeline(name, onError), plan -> ChangedPlan.with(plan, "checked", "faulty"));
  }

  private static List<JsonNode> letters(String pipeline) throws Exception {
    List<JsonNode> letters = new ArrayList<>();
    servers.call("GET", "/pipelines/" + pipeline + "/dead-letters", "").forEach(letters::add);
    return letters;
  }

  private static List<String> states(String pipeline) throws Exception {
    return letters(pipeline).stream().map(letter -> letter.path("state").asText()).toList();
  }

  private static JsonNode replay(String pipeline) throws Exception {
    return servers.call("POST", "/pipelines/" + pipeline + "/replays", "{}");
  }

  private static Set<String> titles(String table) throws Exception {
    Set<String> titles = new TreeSet<>();
    for (Record row : servers.rows(table)) {
      assertThat(titles.add(String.valueOf(row.getField("title")))).as("%s twice", row).isTrue();
    }
    return titles;
  }

  private static void caughtUp(String pipeline) throws Exception {
    assertThat(servers.caughtUp(pipeline, 30_000)).isTrue();
  }

  @Test
  void a_replay_brings_a_failed_record_into_the_tables_that_lack_it() throws Exception {
    try (TestSource source = new TestSource(servers, "film", COLUMNS)) {
      FaultyProcessor.FAILING.add("b");
      source.row(Op.CREATE, 1, "a");
      source.row(Op.CREATE, 3, "b");
      source.row(Op.CREATE, 5, "c");
      source.flush();
      deploy("film", "dead_letter");
      caughtUp("film");

      assertThat(titles("studio.film")).containsExactly("a", "c");
      assertThat(titles("studio.film_beside")).containsExactly("a", "b", "c");
      JsonNode letter = letters("film").get(0);
      assertThat(letter.path("step").asText()).isEqualTo("checked");
      assertThat(letter.path("key").asText()).isEqualTo("{\"id\": 3}");
      assertThat(letter.path("reason").asText()).isEqualTo("a test said so");
      assertThat(letter.path("state").asText()).isEqualTo("waiting");
      JsonNode whole =
          servers.call("GET", "/pipelines/film/dead-letters/" + letter.path("id").asText(), "");
      assertThat(whole.path("original").path("title").asText()).isEqualTo("b");
      assertThat(servers.call("GET", "/pipelines/film/progress", "").path("dead_letters").asLong())
          .isEqualTo(1);
      FaultyProcessor.FAILING.clear();

      JsonNode replayed = replay("film");

      assertThat(replayed.path("replayed")).hasSize(1);
      caughtUp("film");
      assertThat(titles("studio.film")).containsExactly("a", "b", "c");
      assertThat(titles("studio.film_other")).containsExactly("a", "b", "c");
      assertThat(titles("studio.film_beside")).containsExactly("a", "b", "c");
      assertThat(states("film")).containsExactly("done");
      Record row =
          servers.rows("studio.film").stream()
              .filter(r -> "b".equals(r.getField("title")))
              .findFirst()
              .orElseThrow();
      assertThat(row.getField("_source")).isEqualTo("studio.public.film");
      assertThat(row.getField("_offset")).isEqualTo(letter.path("offset").asLong());
      assertThat(replay("film").path("replayed")).isEmpty();
      servers.call("DELETE", "/jobs/film", "");
    }
  }

  @Test
  void a_replayed_record_does_not_outlive_newer_ones_of_its_key() throws Exception {
    try (TestSource source = new TestSource(servers, "show", COLUMNS)) {
      FaultyProcessor.FAILING.add("old");
      source.row(Op.CREATE, 1, "old");
      source.row(Op.UPDATE, 1, "new");
      source.flush();
      deploy("show", "dead_letter");
      caughtUp("show");
      FaultyProcessor.FAILING.clear();

      replay("show");

      caughtUp("show");
      List<Record> rows = new ArrayList<>(servers.rows("studio.show"));
      rows.sort(
          java.util.Comparator.comparing((Record row) -> (Long) row.getField("_offset"))
              .reversed());
      assertThat(rows).extracting(row -> row.getField("title")).containsExactly("new", "old");
      servers.call("DELETE", "/jobs/show", "");
    }
  }

  @Test
  void a_replay_that_fails_is_the_next_attempt() throws Exception {
    try (TestSource source = new TestSource(servers, "deal", COLUMNS)) {
      FaultyProcessor.FAILING.add("a");
      source.row(Op.CREATE, 1, "a");
      source.flush();
      deploy("deal", "dead_letter");
      caughtUp("deal");

      replay("deal");

      caughtUp("deal");
      assertThat(letters("deal"))
          .extracting(l -> l.path("attempt").asInt() + l.path("sink").asText())
          .containsExactlyInAnyOrder("1", "2table", "2other");
      assertThat(states("deal")).containsExactlyInAnyOrder("waiting", "waiting", "failed_again");
      FaultyProcessor.FAILING.clear();
      assertThat(replay("deal").path("replayed")).hasSize(2);
      caughtUp("deal");
      assertThat(titles("studio.deal")).containsExactly("a");
      assertThat(titles("studio.deal_other")).containsExactly("a");
      assertThat(states("deal")).containsExactlyInAnyOrder("done", "done", "failed_again");
      servers.call("DELETE", "/jobs/deal", "");
    }
  }

  @Test
  void a_letter_of_a_record_that_a_restart_brought_in_adds_nothing() throws Exception {
    try (TestSource source = new TestSource(servers, "crew", COLUMNS)) {
      source.row(Op.CREATE, 1, "a");
      source.flush();
      deploy("crew", "dead_letter");
      caughtUp("crew");
      // As after a crash between a letter and its commit, when the second try succeeds.
      servers.forgeLetter("crew", "checked", source, 1);

      replay("crew");

      caughtUp("crew");
      assertThat(states("crew")).containsExactly("done");
      assertThat(titles("studio.crew")).containsExactly("a");
      servers.call("DELETE", "/jobs/crew", "");
    }
  }

  @Test
  void no_mark_passes_a_record_whose_letter_is_not_safe() throws Exception {
    try (TestSource source = new TestSource(servers, "venue", COLUMNS)) {
      FaultyProcessor.FAILING.add("b");
      source.row(Op.CREATE, 1, "a");
      source.flush();
      deploy("venue", "dead_letter");
      caughtUp("venue");
      servers.deleteTopic(LetterTopics.letters("venue"));

      source.row(Op.CREATE, 3, "b");
      source.row(Op.CREATE, 5, "c");
      source.flush();

      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(60))
          .until(() -> titles("studio.venue"), titles -> titles.equals(Set.of("a")));
      assertThat(titles("studio.venue_beside")).containsExactly("a");
      LetterTopics.create(
          Map.of("bootstrap.servers", servers.kafka.bootstrapServers()), "venue", (short) 1);
      assertThat(servers.caughtUp("venue", 90_000)).isTrue();
      assertThat(titles("studio.venue")).containsExactly("a", "c");
      assertThat(letters("venue")).hasSize(1);
      servers.call("DELETE", "/jobs/venue", "");
    }
  }

  @Test
  void whatever_a_job_is_torn_out_of_no_record_is_lost() throws Exception {
    try (TestSource source = new TestSource(servers, "scene", COLUMNS)) {
      int records = 2_000;
      for (int id = 0; id < records; id++) {
        if (id % 7 == 0) {
          FaultyProcessor.FAILING.add("scene " + id);
        }
      }
      for (int round = 0; round < 5; round++) {
        for (int id = round * records / 5; id < (round + 1) * records / 5; id++) {
          source.row(Op.CREATE, id, "scene " + id);
        }
        source.flush();
        deploy("scene", "dead_letter");
        long lag = round * 100L;
        await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    servers
                            .call("GET", "/pipelines/scene/progress", "")
                            .path("lag_records")
                            .asLong()
                        <= lag + records / 10);
        servers.call("DELETE", "/jobs/scene", "");
      }
      deploy("scene", "dead_letter");
      caughtUp("scene");

      Set<String> found = titles("studio.scene");
      assertThat(found).hasSize(records - (records + 6) / 7);
      assertThat(servers.call("GET", "/pipelines/scene/progress", "").path("dead_letters").asLong())
          .isEqualTo((records + 6) / 7);
      FaultyProcessor.FAILING.clear();
      replay("scene");
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> titles("studio.scene").size() > found.size());
      servers.call("DELETE", "/jobs/scene", "");
      deploy("scene", "dead_letter");
      caughtUp("scene");
      assertThat(titles("studio.scene")).hasSize(records);
      assertThat(titles("studio.scene_other")).hasSize(records);
      servers.call("DELETE", "/jobs/scene", "");
    }
  }

  @Test
  void what_cannot_be_decoded_becomes_a_letter_too() throws Exception {
    try (TestSource source = new TestSource(servers, "note", COLUMNS)) {
      source.row(Op.CREATE, 1, "a");
      source.garbage(3);
      source.row(Op.CREATE, 5, "c");
      source.flush();
      deploy("note", "dead_letter");
      caughtUp("note");

      assertThat(titles("studio.note_beside")).containsExactly("a", "c");
      JsonNode letter = letters("note").get(0);
      assertThat(letter.path("step").asText()).isEqualTo("read");
      assertThat(letter.path("code").asText()).isEqualTo("RECORD_UNDECODABLE");
      assertThat(letter.path("key").asText()).isEqualTo("{\"id\": 3}");
      replay("note");
      caughtUp("note");
      assertThat(states("note").stream().filter("waiting"::equals)).hasSize(3);
      List<Field> more = new ArrayList<>(COLUMNS);
      more.add(Field.nullable("amount", FieldType.Simple.INT));
      source.alter(more, false);
      source.row(Op.CREATE, 7, "d", 1);
      source.flush();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> servers.call("GET", "/pipelines/note/parked", "").path("records").size() == 1);
      assertThat(states("note").stream().filter("waiting"::equals))
          .as("an uncovered schema is no dead letter")
          .hasSize(3);
      servers.call("DELETE", "/jobs/note", "");
    }
  }

  @Test
  void the_policy_stop_ends_the_job_before_anything_behind_the_record() throws Exception {
    try (TestSource source = new TestSource(servers, "role", COLUMNS)) {
      FaultyProcessor.FAILING.add("b");
      source.row(Op.CREATE, 1, "a");
      source.flush();
      deploy("role", "stop");
      caughtUp("role");
      source.row(Op.CREATE, 3, "b");
      source.row(Op.CREATE, 5, "c");
      source.flush();

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> servers.job("role").path("state").asText().equals("FAILED"));

      assertThat(servers.job("role").path("reason").asText())
          .contains("in step 'checked': a test said so");
      assertThat(titles("studio.role_beside")).containsExactly("a");
      FaultyProcessor.FAILING.clear();
      deploy("role", "stop");
      caughtUp("role");
      assertThat(titles("studio.role")).containsExactly("a", "b", "c");
      servers.call("DELETE", "/jobs/role", "");
    }
  }

  @Test
  void the_policy_skip_counts() throws Exception {
    try (TestSource source = new TestSource(servers, "prop", COLUMNS)) {
      FaultyProcessor.FAILING.add("b");
      source.row(Op.CREATE, 1, "a");
      source.row(Op.CREATE, 3, "b");
      source.garbage(5);
      source.row(Op.CREATE, 7, "d");
      source.flush();

      deploy("prop", "skip");

      caughtUp("prop");
      assertThat(titles("studio.prop")).containsExactly("a", "d");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  servers.call("GET", "/pipelines/prop/progress", "").path("skipped").asLong()
                      == 2);
      servers.call("DELETE", "/jobs/prop", "");
    }
  }
}
