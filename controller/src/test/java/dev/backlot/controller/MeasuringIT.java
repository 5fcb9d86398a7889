package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Percentiles;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.HeartbeatStore.Window;
import dev.backlot.metadata.MetadataDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MeasuringIT {
  private static TestPlatform platform;
  private static MetadataDatabase metadata;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
    metadata = MetadataDatabase.open(platform.config.metadata());
    platform.apply(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: studio
        owner: production
        type: postgresql
        config: {host: localhost, database: studio, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        heartbeat: {every: 1s}
        alerts: {heartbeat: 4s}
        """,
        """
        apiVersion: backlot/v1
        kind: Pipeline
        name: movies
        owner: tech
        alerts: {heartbeat: 5s}
        steps:
          - {id: movies, source: studio.public.movie}
          - {id: w, sink: iceberg, from: movies, config: {table: studio.movies}}
        """);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> platform.get("/api/v1/pipelines/movies").at("status", "state").equals("running"));
  }

  @AfterAll
  static void stop() {
    metadata.close();
    platform.close();
  }

  private static void beat(long sequence) {
    Instant now = Instant.now();
    metadata
        .heartbeats()
        .add(
            new Beat(
                "studio", sequence, "create", now.minusMillis(40), now, Map.of("t", List.of(1L))),
            Map.of("backlot.studio.public.movie.1", new Volume(4, 100)));
  }

  private static void shown(Instant committed, Optional<Instant> stillSince) {
    Percentiles one = new Percentiles(0.5, 0.75, 0.875);
    metadata
        .heartbeats()
        .put(
            List.of(
                new Shown(
                    "movies",
                    "w",
                    "studio.movies",
                    "studio",
                    Optional.of(
                        new Beat(
                            "studio", 7, "create", committed, committed.plusMillis(40), Map.of())),
                    Optional.of(committed.plusMillis(1_500)),
                    stillSince,
                    List.of(new Window(600, 9, one, one, one)),
                    Instant.now())));
  }

  private static boolean isSilent(String subject) {
    return ((List<?>) platform.get("/api/v1/incidents").at("items"))
        .stream()
            .map(Object::toString)
            .filter(item -> item.contains("heartbeat_silent") && item.contains("name=" + subject))
            .anyMatch(item -> item.contains("state=open"));
  }

  @Test
  void a_pipeline_s_status_its_list_and_its_history_tell_what_heartbeats_take() {
    shown(Instant.now(), Optional.empty());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                "1.5"
                    .equals(
                        String.valueOf(
                            platform
                                .get("/api/v1/pipelines/movies")
                                .at("status", "heartbeat_seconds"))));

    TestPlatform.Answer pipeline = platform.get("/api/v1/pipelines/movies");
    assertThat(pipeline.at("status", "heartbeats", 0, "table")).isEqualTo("studio.movies");
    assertThat(pipeline.at("status", "heartbeats", 0, "topic_seconds")).hasToString("0.04");
    assertThat(pipeline.at("status", "heartbeats", 0, "windows", 0, "total", "p95"))
        .hasToString("0.75");
    assertThat(platform.run("get", "pipelines").out()).contains("HEARTBEAT").contains("1.5s");

    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              beat(metadata.heartbeats().lastSequence("studio") + 1);
              Map<?, ?> series =
                  (Map<?, ?>)
                      platform
                          .get(
                              "/api/v1/history?subject=pipeline:movies&series=heartbeat_seconds,unknown")
                          .at("series");
              assertThat((List<?>) series.get("heartbeat_seconds"))
                  .isNotEmpty()
                  .last()
                  .hasToString("1.5");
              assertThat((List<?>) series.get("unknown")).isNotEmpty().containsOnlyNulls();
              Map<?, ?> ofSource =
                  (Map<?, ?>)
                      platform
                          .get("/api/v1/history?subject=source:studio.public.movie")
                          .at("series");
              assertThat((List<?>) ofSource.get("rate"))
                  .isNotEmpty()
                  .last()
                  .satisfies(rate -> assertThat(((Number) rate).doubleValue()).isPositive());
            });
    assertThat(platform.get("/api/v1/history?subject=pipeline:nobody").at("times"))
        .isEqualTo(List.of());
    assertThat(platform.get("/api/v1/history?subject=pipeline:movies&minutes=0").status())
        .isEqualTo(400);
  }

  @Test
  void a_table_that_stands_still_before_a_heartbeat_is_an_incident_and_one_that_moves_is_none() {
    shown(Instant.now().minusSeconds(60), Optional.of(Instant.now().minusSeconds(2)));
    assertThat(isSilent("studio.movies")).isFalse();

    await().atMost(Duration.ofSeconds(30)).until(() -> isSilent("studio.movies"));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              shown(Instant.now(), Optional.empty());
              return !isSilent("studio.movies");
            });
  }

  @Test
  void a_capture_that_says_that_it_runs_and_passes_on_nothing_is_an_incident() {
    metadata.captures().putStatus("studio", CaptureStore.State.RUNNING, "", "", "{}", 1);

    await().atMost(Duration.ofSeconds(30)).until(() -> isSilent("studio}"));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              beat(metadata.heartbeats().lastSequence("studio") + 1);
              return !isSilent("studio}");
            });
  }
}
