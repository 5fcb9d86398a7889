package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.TestPlatform.Said;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Conditions become incidents, people act on them, and they end with their causes. */
class IncidentIT {
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    for (String connection : List.of("one", "two", "three")) {
      platform.capture(connection, "movie");
      platform.apply(connection(connection));
    }
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String connection(String name) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        owner: databases
        type: postgresql
        config: {host: localhost, database: d, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        """
        .formatted(name);
  }

  /** Says what a capture would say. */
  private static void capture(
      String connection, CaptureStore.State state, String code, String reason, String details) {
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      metadata.captures().putStatus(connection, state, code, reason, details, 1);
    }
  }

  private static List<Map<?, ?>> incidents(String subject) {
    return ((List<?>) platform.get("/api/v1/incidents").at("items"))
        .stream()
            .<Map<?, ?>>map(item -> (Map<?, ?>) item)
            .filter(item -> item.toString().contains("name=" + subject))
            .toList();
  }

  private static Map<?, ?> await(String subject, String kind, String state) {
    return org.awaitility.Awaitility.await(kind + " of " + subject + " " + state)
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                incidents(subject).stream()
                    .filter(item -> ((Map<?, ?>) item.get("spec")).get("kind").equals(kind))
                    .filter(item -> ((Map<?, ?>) item.get("status")).get("state").equals(state))
                    .<Map<?, ?>>map(item -> item)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void a_lost_slot_is_an_incident_that_people_handle_and_that_ends_by_itself() throws Exception {
    capture("one", CaptureStore.State.FAILED, "CONNECTION_SLOT_LOST", "The slot is gone.", "{}");

    String id = String.valueOf(await("one", "slot_lost", "open").get("name"));
    Said listed = platform.run("get", "incidents");
    assertThat(listed.out()).contains("slot_lost", "connection one", "databases", "critical");
    assertThat(platform.page("/metrics"))
        .contains("backlot_incidents{handled=\"no\",kind=\"slot_lost\"} 1.0");
    assertThat(platform.run("acknowledge", "incident", id, "-m", "On it.").out())
        .isEqualTo("incident " + id + " acknowledged (owner databases)\n");
    assertThat(platform.run("assign", "incident", id, "--to", "ops").out()).contains("(owner ops)");
    assertThat(platform.run("snooze", "incident", id, "--for", "2h").out())
        .contains("snoozed until ");
    Said refused = platform.run("resolve", "incident", id);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("its cause is still there", "[NOT_ALLOWED_NOW]");
    assertThat(platform.run("snooze", "incident", id, "--for", "soon").err())
        .contains("'soon' is not a time");
    assertThat(platform.run("acknowledge", "incident", "999999").exitCode()).isEqualTo(1);
    assertThat(platform.run("acknowledge", "pipeline", id).exitCode()).isEqualTo(64);
    assertThat(platform.run("status").out()).containsPattern("\\d+ open incidents?, ");

    capture("one", CaptureStore.State.RUNNING, "", "", "{}");
    await("one", "slot_lost", "resolved");

    assertThat(platform.run("describe", "incident", id).out())
        .contains("what: opened", "what: acknowledged", "On it.", "To ops.", "what: resolved");
    assertThat(platform.run("get", "incidents").out()).doesNotContain("slot_lost");
    assertThat(platform.run("get", "incidents", "--all").out()).contains("slot_lost");

    capture("one", CaptureStore.State.FAILED, "CONNECTION_SLOT_LOST", "The slot is gone.", "{}");

    Map<?, ?> again = await("one", "slot_lost", "open");
    assertThat(again.get("name")).isEqualTo(id);
    assertThat(((Map<?, ?>) again.get("status")).get("episode")).isEqualTo(2);
    // Its capture is played, so that it falls silent too once the test takes a minute.
    assertThat(incidents("one"))
        .filteredOn(item -> item.toString().contains("kind=slot_lost"))
        .hasSize(1);
  }

  @Test
  void what_a_running_capture_says_of_tables_and_log_is_told_of_each() {
    capture(
        "two",
        CaptureStore.State.RUNNING,
        "CONNECTION_TABLE_KEYLESS",
        "No key.",
        "{\"retained_bytes\": 20000000000, \"tables\": {\"public.a\": {\"code\":"
            + " \"CONNECTION_TABLE_KEYLESS\", \"reason\": \"a has no key.\"}, \"public.b\": {\"code\":"
            + " \"CONNECTION_TABLE_KEYLESS\", \"reason\": \"b has no key.\"}}}");

    Map<?, ?> refused = await("two.public.a", "table_refused", "open");
    await("two.public.b", "table_refused", "open");
    await("two", "wal_over_alert", "open");
    assertThat(((Map<?, ?>) refused.get("spec")).get("document").toString())
        .isEqualTo("{kind=connection, name=two}");
    assertThat(((Map<?, ?>) refused.get("spec")).get("owner")).isEqualTo("databases");

    capture(
        "two",
        CaptureStore.State.RETRYING,
        "KAFKA_UNREACHABLE",
        "Kafka does not answer.",
        "{\"retained_bytes\": 60000000000, \"wal_state\": \"extended\"}");
    Map<?, ?> over = await("two", "wal_over_limit", "open");
    assertThat(over.toString())
        .contains("60.0 GB", "wal.limit (50.0 GB)", "max_slot_wal_keep_size");
  }

  @Test
  void incidents_outlive_their_controller() {
    capture("three", CaptureStore.State.RETRYING, "CONNECTION_UNREACHABLE", "No answer.", "{}");
    // A try in between changes nothing, and the reason is still known.
    capture("three", CaptureStore.State.STARTING, "", "", "{}");
    Map<?, ?> before = await("three", "connection_retrying", "open");
    assertThat(((Map<?, ?>) before.get("status")).get("reason")).isEqualTo("No answer.");

    platform.controller.close();
    platform.controller = Controller.start(platform.config);

    Answer leader = platform.get("/api/v1/incidents/" + before.get("name"));
    assertThat(leader.at("status", "state")).isEqualTo("open");
    capture("three", CaptureStore.State.RUNNING, "", "", "{}");
    assertThat(await("three", "connection_retrying", "resolved").get("name"))
        .isEqualTo(before.get("name"));
  }
}
