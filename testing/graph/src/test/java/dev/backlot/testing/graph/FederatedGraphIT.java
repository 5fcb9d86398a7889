package dev.backlot.testing.graph;

import static dev.backlot.testing.graph.GraphServer.CATALOGUE;
import static dev.backlot.testing.graph.GraphServer.GATEWAY;
import static dev.backlot.testing.graph.GraphServer.PEOPLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FederatedGraphIT {
  private static final String TITLES = "query ($ids: [ID!]!) { movies(ids: $ids) { id title } }";
  private static final String DIRECTORS =
      "query ($ids: [ID!]!) { movies(ids: $ids) { id director { name } } }";

  private static TestGraph graph;

  @BeforeAll
  static void start() {
    graph = TestGraph.start();
  }

  @AfterAll
  static void stop() {
    graph.close();
  }

  @BeforeEach
  void fill() {
    graph.reset();
    graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
    graph.putAll(
        "Movie",
        List.of(
            Map.of("id", "1", "title", "Cléo", "director", "p1", "genres", List.of("drama")),
            Map.of("id", "2", "title", "Vagabond", "phase", "RELEASED", "budget", 1.5),
            Map.of("id", "3", "title", "The Gleaners", "gross", "12.10", "releaseYear", 2000)));
    graph.forgetRequests();
  }

  @Test
  void joinsTwoSubgraphsInOneAnswer() {
    JsonNode answer =
        graph.ask(
            "query ($ids: [ID!]!) { movies(ids: $ids) {"
                + " title phase genres releaseYear budget gross director { id name } } }",
            Map.of("ids", List.of("1", "2", "3", "4")));

    assertThat(answer.has("errors")).isFalse();
    JsonNode movies = answer.at("/data/movies");
    assertThat(movies.at("/0/director/name").asText()).isEqualTo("Agnès Varda");
    assertThat(movies.at("/0/genres/0").asText()).isEqualTo("drama");
    assertThat(movies.at("/1/phase").asText()).isEqualTo("RELEASED");
    assertThat(movies.at("/1/budget").asDouble()).isEqualTo(1.5);
    assertThat(movies.at("/1/director").isNull()).isTrue();
    assertThat(movies.at("/2/gross").asText()).isEqualTo("12.10");
    assertThat(movies.at("/2/releaseYear").asInt()).isEqualTo(2000);
    assertThat(movies.get(3).isNull()).isTrue();
  }

  @Test
  void forgetsADeletedEntity() {
    graph.delete("Movie", "2");

    assertThat(titles("1", "2").at("/data/movies/1").isNull()).isTrue();
  }

  @Test
  void recordsWhatEachServerWasAsked() {
    directors("1", "3");
    graph.ask("{ a: movie(id: \"1\") { title } b: movie(id: \"2\") { title } }", Map.of());

    Requests asked = graph.requests(GATEWAY);
    assertThat(asked.requests()).isEqualTo(2);
    assertThat(asked.ids()).isEqualTo(4);
    assertThat(asked.running()).isZero();
    assertThat(asked.allIds()).containsExactly("1", "3", "1", "2");
    assertThat(asked.last().get(0).query()).isEqualTo(DIRECTORS);
    assertThat(asked.last().get(0).status()).contains(200);
    assertThat(asked.last().get(0).headers()).containsEntry("content-type", "application/json");
    assertThat(graph.requests(PEOPLE).allIds()).containsExactly("1", "3");
  }

  @Test
  void failsWithAStatusForTheNextRequestsOnly() {
    graph.faults(GATEWAY, Faults.none().tooManyRequests(1, Duration.ofSeconds(3)).times(1));

    HttpResponse<String> refused = post(graph.url(), TITLES, "1").join();

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).contains("3");
    assertThat(post(graph.url(), TITLES, "1").join().statusCode()).isEqualTo(200);
  }

  @Test
  void anErrorOfOneItemLeavesTheOthers() {
    graph.faults(CATALOGUE, Faults.none().errorsFor("1").nullsFor("2"));

    JsonNode answer = titles("1", "2", "3");

    assertThat(answer.at("/errors/0/path").toString()).isEqualTo("[\"movies\",0]");
    assertThat(answer.at("/errors").size()).isEqualTo(1);
    assertThat(answer.at("/data/movies/0").isNull()).isTrue();
    assertThat(answer.at("/data/movies/1").isNull()).isTrue();
    assertThat(answer.at("/data/movies/2/title").asText()).isEqualTo("The Gleaners");
  }

  @Test
  void anErrorInOneSubgraphLeavesTheOthersFields() {
    graph.faults(PEOPLE, Faults.none().errorsFor("1"));

    JsonNode answer = directors("1", "3");

    assertThat(answer.at("/errors").size()).isEqualTo(1);
    assertThat(answer.at("/data/movies/0/id").asText()).isEqualTo("1");
    assertThat(answer.at("/data/movies/0/director").isNull()).isTrue();
  }

  @Test
  void answersInWrongOrderAndWithFewerItems() {
    graph.faults(CATALOGUE, Faults.none().reversed().missingItems(1));

    JsonNode movies = titles("1", "2", "3").at("/data/movies");

    assertThat(movies.findValuesAsText("id")).containsExactly("3", "2");
  }

  @Test
  void answersWithAPageOrWithTooMuch() {
    graph.faults(GATEWAY, Faults.none().notJson());
    String page = post(graph.url(), TITLES, "1").join().body();
    graph.faults(GATEWAY, Faults.none().hugeAnswer(5_000_000));
    String huge = post(graph.url(), TITLES, "1").join().body();

    assertThat(page).startsWith("<html>");
    assertThat(huge.length()).isGreaterThan(5_000_000);
    assertThat(huge).startsWith("{\"data\":{\"movies\":[{\"id\":\"1\"").endsWith("\"}}");
  }

  @Test
  void hangsUntilItsFaultsAreLifted() {
    graph.faults(CATALOGUE, Faults.none().hang());

    CompletableFuture<HttpResponse<String>> answer = post(graph.url(), TITLES, "1");
    await().until(() -> graph.requests(CATALOGUE).running() == 1);
    assertThat(answer).isNotDone();
    assertThat(graph.requests(GATEWAY).last().get(0).took()).isEmpty();
    graph.faults(CATALOGUE, Faults.none());

    assertThat(answer.join().body()).contains("Cléo");
  }

  @Test
  void aDelayedAnswerTellsHowThingsWere() {
    graph.faults(CATALOGUE, Faults.none().answerDelay(Duration.ofMillis(500)));

    CompletableFuture<HttpResponse<String>> late = post(graph.url(), TITLES, "1");
    await().until(() -> graph.requests(CATALOGUE).running() == 1);
    graph.put("Movie", Map.of("id", "1", "title", "Cléo from 5 to 7"));

    assertThat(late.join().body()).contains("\"Cléo\"");
    assertThat(titles("1").at("/data/movies/0/title").asText()).isEqualTo("Cléo from 5 to 7");
    assertThat(graph.requests(CATALOGUE).last().get(0).took().orElseThrow())
        .isGreaterThanOrEqualTo(Duration.ofMillis(490));
  }

  @Test
  void refusesConnectionsWhileItIsDown() {
    graph.down(GATEWAY);
    assertThatThrownBy(() -> post(graph.url(), TITLES, "1").join())
        .hasCauseInstanceOf(ConnectException.class);

    graph.up(GATEWAY);

    assertThat(titles("1").at("/data/movies/0/title").asText()).isEqualTo("Cléo");
  }

  @Test
  void recomposesWhenASubgraphsSchemaChanges() {
    graph.put("Movie", Map.of("id", "1", "title", "Cléo", "tagline", "Two hours"));

    graph.dropField(CATALOGUE, "Movie", "title");
    graph.addField(CATALOGUE, "Movie", "tagline: String");

    JsonNode dropped = titles("1");
    JsonNode added = graph.ask("{ movie(id: \"1\") { tagline } }", Map.of());
    assertThat(dropped.at("/errors/0/message").asText()).contains("Cannot query field \"title\"");
    assertThat(added.at("/data/movie/tagline").asText()).isEqualTo("Two hours");
  }

  @Test
  void saysWhyASubgraphDoesNotFit() {
    assertThatThrownBy(() -> graph.addField(PEOPLE, "Movie", "title: Int"))
        .hasMessageContaining("\"Movie.title\"");
  }

  @Test
  void endsWithTheProcessThatStartedIt() {
    TestGraph other = TestGraph.start();
    List<ProcessHandle> processes =
        List.of(GATEWAY, CATALOGUE, PEOPLE).stream()
            .map(server -> ProcessHandle.of(other.pid(server)).orElseThrow())
            .toList();

    other.letGo();

    processes.forEach(process -> process.onExit().orTimeout(20, TimeUnit.SECONDS).join());
  }

  private static JsonNode titles(String... ids) {
    return graph.ask(TITLES, Map.of("ids", List.of(ids)));
  }

  private static JsonNode directors(String... ids) {
    return graph.ask(DIRECTORS, Map.of("ids", List.of(ids)));
  }

  private static CompletableFuture<HttpResponse<String>> post(URI url, String query, String id) {
    try {
      String body =
          new ObjectMapper()
              .writeValueAsString(Map.of("query", query, "variables", Map.of("ids", List.of(id))));
      return HttpClient.newHttpClient()
          .sendAsync(
              HttpRequest.newBuilder(url)
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
