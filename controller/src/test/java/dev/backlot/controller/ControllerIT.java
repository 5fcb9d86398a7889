package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The controller with a real metadata database and a data plane in memory. */
final class ControllerIT {
  private static final String CONNECTION =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      owner: production
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.movie]}
      """;
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @AfterEach
  void nothing_is_wrong_any_more() {
    platform.dataPlane.preflightProblems.clear();
    platform.dataPlane.planProblems.clear();
    platform.dataPlane.waitingFor.clear();
  }

  private static String pipeline(String name, String where) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %s
        owner: tech
        steps:
          - {id: movies, source: studio.public.movie}
          - {id: f, processor: filter, from: movies, config: {where: "%s"}}
          - {id: w, sink: iceberg, from: f, config: {table: studio.%s}}
        """
        .formatted(name, where, name);
  }

  private static void awaitState(String name, String state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/pipelines/" + name).at("status", "state"))
                    .isEqualTo(state));
  }

  @Test
  void an_applied_pipeline_runs_and_unchanged_documents_make_no_revision() {
    Answer first = platform.apply(CONNECTION, pipeline("runs", "a = 1"));
    assertThat(first.status()).as("%s", first.body()).isEqualTo(200);
    assertThat(first.at("documents", 1, "action")).isEqualTo("create");
    assertThat(first.at("documents", 1, "effects", "jobs", 0)).isEqualTo("start runs");
    awaitState("runs", "running");

    Answer second = platform.apply(CONNECTION, pipeline("runs", "a = 1"));
    assertThat(second.at("changes")).isEqualTo(false);

    Answer third = platform.apply(pipeline("runs", "a = 2"));
    assertThat(third.at("documents", 0, "revision")).isEqualTo(2);
    awaitState("runs", "running");
    Answer shown = platform.get("/api/v1/pipelines/runs");
    assertThat(shown.at("status", "jobs", 0, "state")).isEqualTo("RUNNING");
    assertThat(shown.at("status", "caught_up")).isEqualTo(true);
    assertThat(shown.at("spec", "steps", 1, "config", "where")).isEqualTo("a = 2");
  }

  @Test
  void one_wrong_document_keeps_all_from_being_written_and_every_problem_is_told() {
    platform.apply(CONNECTION);
    platform.dataPlane.planProblems.put(
        "typed",
        List.of(
            new Problem(
                ProblemCode.EXPRESSION_TYPE,
                "Cannot plan pipeline 'typed': no such operator.",
                new Place("", 1, 99, "steps[1].config.where"))));

    Answer answer =
        platform.apply(
            pipeline("fine", "a = 1"),
            pipeline("typed", "a < 'x'"),
            pipeline("sourceless", "a = 1").replace("public.movie", "public.movy"),
            "apiVersion: backlot/v1\nkind: Pipeline\nname: shapeless\nsteps: 5\n");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toString())
        .contains("EXPRESSION_TYPE", "PIPELINE_UNKNOWN_SOURCE", "Did you mean", "SPEC_WRONG_SHAPE");
    Map<?, ?> typed =
        ((List<?>) answer.at("problems"))
            .stream()
                .map(problem -> (Map<?, ?>) problem)
                .filter(problem -> problem.get("code").equals("EXPRESSION_TYPE"))
                .findFirst()
                .orElseThrow();
    assertThat(((Map<?, ?>) typed.get("place")).get("file")).isEqualTo("f2.yaml");
    assertThat(((Map<?, ?>) typed.get("place")).get("line")).isEqualTo(7);
    assertThat(platform.get("/api/v1/pipelines/fine").status()).isEqualTo(404);
  }

  @Test
  void a_document_of_the_wrong_shape_is_still_planned_as_far_as_it_goes() {
    platform.apply(CONNECTION);
    platform.dataPlane.planProblems.put(
        "partly",
        List.of(
            new Problem(
                ProblemCode.EXPRESSION_TYPE,
                "Cannot plan pipeline 'partly': no such operator.",
                new Place("", 1, 99, "steps[1].config.where"))));

    Answer answer =
        platform.apply(
            pipeline("partly", "a < 'x'")
                + "  - {id: lost, sink: iceberg, from: nowhere, config: {table: n.t}}\n");

    assertThat(answer.status()).isEqualTo(400);
    assertThat((List<?>) answer.at("problems")).hasSize(2);
    assertThat(answer.body().toString()).contains("PIPELINE_UNKNOWN_STEP", "EXPRESSION_TYPE");
  }

  @Test
  void an_unusable_connection_is_refused_with_the_data_planes_reasons() {
    platform.dataPlane.preflightProblems.put(
        "bad",
        List.of(
            Problem.of(ProblemCode.CONNECTION_WAL_LEVEL, "Cannot capture 'bad': wal_level."),
            Problem.of(ProblemCode.CONNECTION_NO_SLOT_FREE, "Cannot capture 'bad': slots.")));

    Answer answer = platform.apply(CONNECTION.replace("name: studio", "name: bad"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat((List<?>) answer.at("problems")).hasSize(2);
    assertThat(platform.get("/api/v1/connections/bad").status()).isEqualTo(404);
  }

  @Test
  void advice_about_a_database_is_noted_and_keeps_nothing_from_being_written() {
    platform.dataPlane.preflightAdvice.put("advised", List.of("Connection 'advised': bound it."));

    Answer answer = platform.apply(CONNECTION.replace("name: studio", "name: advised"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString()).contains("Connection 'advised': bound it.");
    assertThat(platform.get("/api/v1/connections/advised").status()).isEqualTo(200);
  }

  @Test
  void pause_stops_the_job_and_resume_starts_it_as_revisions() {
    platform.apply(CONNECTION, pipeline("paused", "a = 1"));
    awaitState("paused", "running");

    platform.post("/api/v1/pipelines/paused/pause", Map.of());
    awaitState("paused", "paused");
    assertThat(platform.dataPlane.runs("paused")).isFalse();
    assertThat(platform.get("/api/v1/pipelines/paused").at("spec", "state")).isEqualTo("paused");

    platform.post("/api/v1/pipelines/paused/resume", Map.of());
    awaitState("paused", "running");
    Answer revisions = platform.get("/api/v1/pipelines/paused/revisions");
    assertThat((List<?>) revisions.at("revisions")).hasSize(3);
    assertThat(revisions.at("revisions", 0, "message")).isEqualTo("resume");
  }

  @Test
  void rollback_writes_the_earlier_revision_anew() {
    platform.apply(CONNECTION, pipeline("rolled", "a = 1"));
    platform.apply(pipeline("rolled", "a = 2"));

    Answer answer = platform.post("/api/v1/pipelines/rolled/rollback", Map.of());

    assertThat(answer.at("status", "revision")).isEqualTo(3);
    assertThat(answer.at("spec", "steps", 1, "config", "where")).isEqualTo("a = 1");
    assertThat(platform.post("/api/v1/pipelines/rolled/rollback?revision=9", Map.of()).status())
        .isEqualTo(404);
  }

  @Test
  void restart_gives_another_job() {
    platform.apply(CONNECTION, pipeline("restarted", "a = 1"));
    awaitState("restarted", "running");
    Object before = platform.dataPlane.jobs.get("restarted").get("job_id");

    platform.post("/api/v1/pipelines/restarted/restart", Map.of());

    await()
        .untilAsserted(
            () ->
                assertThat(platform.dataPlane.jobs.get("restarted"))
                    .isNotNull()
                    .extracting("job_id")
                    .isNotEqualTo(before));
  }

  @Test
  void a_failed_job_is_tried_again_with_its_reason_shown() {
    platform.apply(CONNECTION, pipeline("fails", "a = 1"));
    awaitState("fails", "running");

    platform.dataPlane.failJob("fails", "JOB_FAILED", "The disk is full.");

    awaitState("fails", "failed");
    assertThat(platform.get("/api/v1/pipelines/fails").at("status", "reason"))
        .isEqualTo("The disk is full.");
    awaitState("fails", "running");
  }

  @Test
  void a_pipeline_waits_for_its_sources_with_a_reason() {
    platform.apply(CONNECTION);
    platform.dataPlane.waitingFor.put("waits", List.of("studio.public.movie"));
    platform.apply(pipeline("waits", "a = 1"));

    await()
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/pipelines/waits").at("status", "reason"))
                    .asString()
                    .contains("Waits for Source studio.public.movie"));
    platform.dataPlane.waitingFor.clear();
    awaitState("waits", "running");
  }

  @Test
  void a_source_of_a_new_connection_is_waited_for() {
    String name = "fresh";
    platform.dataPlane.discovered.put(
        name, List.of(FakeDataPlane.source("fresh.public.movie", name, "movie")));
    platform.apply(
        CONNECTION.replace("name: studio", "name: fresh"),
        pipeline("early", "a = 1").replace("studio.public.movie", "fresh.public.movie"));

    await()
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/pipelines/early").at("status", "reason"))
                    .isEqualTo("Waits for Source fresh.public.movie to be captured."));
    platform.capture(name, "movie");
    awaitState("early", "running");
  }

  @Test
  void a_killed_data_plane_is_survived_and_its_jobs_come_back() throws IOException {
    platform.apply(CONNECTION, pipeline("survives", "a = 1"));
    awaitState("survives", "running");
    Object before = platform.dataPlane.jobs.get("survives").get("job_id");

    platform.dataPlane.kill();
    await()
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/pipelines/survives").at("status", "code"))
                    .isEqualTo("DATA_PLANE_UNREACHABLE"));
    assertThat(platform.get("/api/v1/health").status()).isEqualTo(503);

    platform.dataPlane.startAgain();
    awaitState("survives", "running");
    assertThat(platform.dataPlane.jobs.get("survives").get("job_id")).isNotEqualTo(before);
    assertThat(platform.get("/api/v1/health").status()).isEqualTo(200);
  }

  @Test
  void deletion_is_refused_while_in_use_and_cleans_up() {
    platform.apply(CONNECTION, pipeline("goes", "a = 1"));
    awaitState("goes", "running");
    assertThat(platform.call("DELETE", "/api/v1/connections/studio", null).status()).isEqualTo(409);

    platform.call("DELETE", "/api/v1/pipelines/goes", null);

    await()
        .untilAsserted(
            () -> assertThat(platform.get("/api/v1/pipelines/goes").status()).isEqualTo(404));
    assertThat(platform.dataPlane.runs("goes")).isFalse();
  }

  @Test
  void several_controllers_have_one_leader() {
    try (Controller second = Controller.start(platform.config)) {
      assertThat(second.port()).isNotEqualTo(platform.controller.port());
      await()
          .untilAsserted(
              () -> assertThat(platform.get("/api/v1/health").at("leader")).isEqualTo(true));
      long leaders =
          java.util.stream.Stream.of(platform.controller, second)
              .filter(controller -> leads(controller))
              .count();
      assertThat(leaders).isEqualTo(1);
    }
  }

  private static boolean leads(Controller controller) {
    return TestPlatform.health(controller).at("leader").equals(true);
  }

  @Test
  void other_hosts_and_origins_are_refused() throws Exception {
    assertThat(TestPlatform.statusWithHost(platform.controller, "evil.example.org")).isEqualTo(403);
    assertThat(TestPlatform.statusWithHost(platform.controller, "localhost")).isEqualTo(200);
  }

  private static String publisher(String name, String from, String published) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %s
        owner: tech
        steps:
          - {id: read, source: %s, publish: %s}
        """
        .formatted(name, from, published);
  }

  @Test
  void a_chain_is_applied_at_once_and_keeps_what_others_read() {
    String reader = pipeline("chain_end", "a = 1").replace("studio.public.movie", "chained");
    Answer applied =
        platform.apply(
            CONNECTION, reader, publisher("chain_begin", "studio.public.movie", "chained"));
    assertThat(applied.status()).as("%s", applied.body()).isEqualTo(200);
    assertThat(platform.get("/api/v1/pipelines/chain_begin").at("status", "publishes").toString())
        .contains("chained", "chain_end");

    Answer deleted = platform.call("DELETE", "/api/v1/pipelines/chain_begin", null);
    assertThat(deleted.status()).isEqualTo(409);
    assertThat(deleted.body().toString())
        .contains("IN_USE", "pipeline chain_end reads what it publishes", "--orphan");
    Answer dropped = platform.apply(pipeline("chain_begin", "a = 1"));
    assertThat(dropped.body().toString()).contains("would publish Source 'chained' no more");
    Answer cycle = platform.apply(publisher("chain_begin", "chained", "chained"));
    assertThat(cycle.body().toString()).contains("PIPELINE_CYCLE");
    Answer second = platform.apply(publisher("chain_other", "studio.public.movie", "chained"));
    assertThat(second.body().toString())
        .contains("pipeline 'chain_begin' publishes Source 'chained'");
    Answer unknown = platform.apply(reader.replace("chained", "chaned").replace("chain_end", "x"));
    assertThat(unknown.body().toString()).contains("no pipeline publishes a Source 'chaned'");

    assertThat(platform.call("DELETE", "/api/v1/pipelines/chain_begin?orphan=true", null).status())
        .isLessThan(300);
    platform.call("DELETE", "/api/v1/pipelines/chain_end", null);
  }
}
