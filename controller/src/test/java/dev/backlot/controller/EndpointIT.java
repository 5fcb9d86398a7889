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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Endpoints as documents: applied with what asks them, shown, and kept while they are needed. */
class EndpointIT {
  private static final String CONNECTION =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.movie]}
      """;
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
    platform.apply(CONNECTION);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String endpoint(String name, String url) {
    return """
        apiVersion: backlot/v1
        kind: Endpoint
        name: %s
        type: graphql
        config: {url: "%s"}
        """
        .formatted(name, url);
  }

  private static String pipeline(String name, String endpoint) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: movies, source: studio.public.movie}
          - id: enriched
            processor: graphql_enrichment
            from: movies
            config:
              endpoint: %2$s
              query: |
                query ($ids: [ID!]!) {
                  movies(ids: $ids) { id directr }
                }
              variables: {ids: movie_id}
              match: {id: movie_id}
              take: {director: directr}
          - {id: w, sink: iceberg, from: enriched, config: {table: studio.%1$s}}
        """
        .formatted(name, endpoint);
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
  void an_endpoint_is_planned_with_what_asks_it_and_kept_while_it_does() {
    Answer applied =
        platform.apply(
            endpoint("edge", "http://localhost:4000/graphql"), pipeline("asker", "edge"));

    assertThat(applied.status()).as("%s", applied.body()).isEqualTo(200);
    assertThat(platform.dataPlane.comingEndpoints).contains("edge");
    awaitState("asker", "running");
    Answer shown = platform.get("/api/v1/endpoints/edge");
    assertThat(shown.at("status", "state")).isEqualTo("checking");
    assertThat(shown.at("status", "reachable")).isEqualTo(false);
    Answer refused = platform.call("DELETE", "/api/v1/endpoints/edge", null);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().toString())
        .contains("Cannot delete endpoint 'edge': pipeline asker asks it. Delete it first.");

    platform.call("DELETE", "/api/v1/pipelines/asker", null);
    await()
        .untilAsserted(
            () -> assertThat(platform.get("/api/v1/pipelines/asker").status()).isEqualTo(404));
    platform.call("DELETE", "/api/v1/endpoints/edge", null);

    await()
        .untilAsserted(
            () -> assertThat(platform.get("/api/v1/endpoints/edge").status()).isEqualTo(404));
  }

  @Test
  void who_asks_an_endpoint_is_planned_anew_when_it_moves() {
    platform.apply(
        endpoint("moving", "http://localhost:4000/graphql"), pipeline("follows", "moving"));
    awaitState("follows", "running");
    Object before = platform.get("/api/v1/pipelines/follows").at("status", "jobs", 0, "id");

    platform.apply(endpoint("moving", "http://localhost:5000/graphql"));

    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(IndexOutOfBoundsException.class) // between two jobs there is none
        .untilAsserted(
            () ->
                assertThat(platform.get("/api/v1/pipelines/follows").at("status", "jobs", 0, "id"))
                    .isNotNull()
                    .isNotEqualTo(before));
  }

  @Test
  void a_problem_inside_a_query_stands_where_the_user_wrote_it() {
    platform.dataPlane.planProblems.put(
        "typo",
        List.of(
            new Problem(
                ProblemCode.GRAPHQL_INVALID,
                "Cannot plan step 'enriched': at 2:26 of the query, no such field. Correct it.",
                new Place("", 1, 99, "steps[1].config.query@2:26"))));

    Answer answer = platform.apply(endpoint("other", "http://graph/"), pipeline("typo", "other"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("problems", 0, "place", "file")).isEqualTo("f2.yaml");
    assertThat(answer.at("problems", 0, "place", "line")).isEqualTo(13);
    assertThat(answer.at("problems", 0, "place", "column")).isEqualTo(34);
  }

  @Test
  void an_address_of_a_metadata_service_is_refused() {
    Answer answer = platform.apply(endpoint("thief", "http://169.254.169.254/latest/meta-data"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("problems", 0, "code")).isEqualTo("ENDPOINT_ADDRESS_REFUSED");
  }
}
