package dev.backlot.processors.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.EndpointSpec.HeaderValue;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.processors.graphql.Enrichment.By;
import dev.backlot.processors.graphql.Enrichment.Taken;
import dev.backlot.processors.graphql.Enrichment.Variable;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Fault;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.BatchFunction.SecretSource;
import dev.backlot.sdk.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a graph can answer over HTTP, from a server that answers whatever a test wants. */
class GraphqlFunctionIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final String SECRET = "s3cr3t-t0k3n";
  private static final Shape MOVIES =
      new Shape(
          List.of(
              Field.required("movie_id", FieldType.Simple.LONG),
              Field.nullable("imdb", FieldType.Simple.UUID)),
          List.of("movie_id"),
          List.of("movies"),
          Shape.Order.OFFSET);

  private HttpServer server;
  private volatile Handler handler;
  private volatile JsonNode asked;
  private volatile Map<String, List<String>> headers;

  private interface Handler {
    void answer(HttpExchange exchange) throws Exception;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          asked = JSON.readTree(exchange.getRequestBody());
          headers = exchange.getRequestHeaders();
          try {
            handler.answer(exchange);
          } catch (Exception e) {
            throw new IOException(e);
          } finally {
            exchange.close();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answers(int status, String body) {
    handler = exchange -> send(exchange, status, body);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private EndpointSpec.Config endpoint() {
    Map<String, HeaderValue> given = new LinkedHashMap<>();
    given.put(
        "Authorization", new HeaderValue.Secret("Bearer ", new SecretReference.FromFile("edge")));
    given.put("X-Client", new HeaderValue.Literal("backlot"));
    return new EndpointSpec.Config(
        "http://localhost:" + server.getAddress().getPort() + "/graphql", given);
  }

  private GraphqlFunction byList() {
    return function(
        By.LIST,
        "query ($ids: [ID!]!) { movies(ids: $ids) { id director { name } born } }",
        new Variable("ids", "[ID!]!", "movie_id"),
        Map.of("id", "movie_id"),
        reference -> SECRET);
  }

  private GraphqlFunction function(
      By by, String query, Variable variable, Map<String, String> match, SecretSource secrets) {
    EndpointSpec.Config endpoint = endpoint();
    Enrichment enrichment =
        new Enrichment(
            "edge",
            endpoint,
            "",
            query,
            by,
            "movies",
            List.of(variable),
            match,
            List.of(
                new Taken("director_name", "director.name", FieldType.Text.PLAIN, true),
                new Taken("born", "born", FieldType.Simple.INT, true)),
            TIMEOUT,
            Enrichment.batching(Map.of(), true));
    return new GraphqlFunction(
        enrichment, MOVIES, new GraphqlClient(endpoint, secrets, TIMEOUT, 100_000));
  }

  private static List<Question> movies(GraphqlFunction function, long... ids) {
    return LongStream.of(ids)
        .mapToObj(
            id -> {
              GenericRowData row = new GenericRowData(MOVIES.width());
              row.setField(0, id);
              return function.question(row).orElseThrow();
            })
        .toList();
  }

  private static Answer found(String name, Integer born) {
    return new Answer.Found(
        java.util.Arrays.asList(name == null ? null : StringData.fromString(name), born));
  }

  private static Reply.Failed failed(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Failed.class);
    return (Reply.Failed) reply;
  }

  @Test
  void items_in_any_order_fewer_and_repeated_find_their_rows() {
    answers(
        200,
        """
        {"data": {"movies": [{"id": "3", "director": {"name": "C"}, "born": 1928}, null,
         {"id": "1", "director": null, "born": null}, {"id": 3, "director": {"name": "twice"}},
         {"id": "77", "director": {"name": "never asked for"}}]}}
        """);
    GraphqlFunction function = byList();

    Reply reply = function.ask(movies(function, 1, 2, 3)).join();

    assertThat(reply)
        .isEqualTo(
            new Reply.Answers(List.of(found(null, null), new Answer.Missing(), found("C", 1928))));
    assertThat(asked.path("variables").toString()).isEqualTo("{\"ids\":[\"1\",\"2\",\"3\"]}");
    assertThat(headers.get("Authorization")).containsExactly("Bearer " + SECRET);
    assertThat(headers.get("X-client")).containsExactly("backlot");
  }

  @Test
  void an_error_at_an_item_is_that_item_s() {
    answers(
        200,
        """
        {"data": {"movies": [{"id": "1", "director": null}, {"id": "2", "director": {"name": "B"}}]},
         "errors": [{"message": "no director\\n today.", "path": ["movies", 0, "director"]}]}
        """);
    GraphqlFunction function = byList();

    Reply reply = function.ask(movies(function, 1, 2)).join();

    assertThat(reply)
        .isEqualTo(
            new Reply.Answers(
                List.of(
                    new Answer.Failed(false, "it answered: no director today"), found("B", null))));
  }

  @Test
  void an_item_that_failed_as_a_whole_is_asked_alone() {
    answers(
        200,
        """
        {"data": {"movies": [null, {"id": "2"}]},
         "errors": [{"message": "broken", "path": ["movies", 0]}]}
        """);
    GraphqlFunction function = byList();

    Reply together = function.ask(movies(function, 1, 2)).join();
    answers(
        200,
        "{\"data\": {\"movies\": [null]}, \"errors\": [{\"message\": \"broken\", \"path\":"
            + " [\"movies\", 0]}]}");
    Reply alone = function.ask(movies(function, 1)).join();

    assertThat(together)
        .isEqualTo(new Reply.Answers(List.of(new Answer.Unclear(), found(null, null))));
    assertThat(alone)
        .isEqualTo(new Reply.Answers(List.of(new Answer.Failed(false, "it answered: broken"))));
  }

  @Test
  void an_answer_of_another_type_fails_its_row() {
    answers(
        200,
        "{\"data\": {\"movies\": [{\"id\": \"1\", \"born\": \"long ago\"}, {\"id\": \"2\","
            + " \"born\": 3000000000}]}}");
    GraphqlFunction function = byList();

    Reply reply = function.ask(movies(function, 1, 2)).join();

    assertThat(reply)
        .isEqualTo(
            new Reply.Answers(
                List.of(
                    new Answer.Failed(
                        false,
                        "'born' has another type: it answered \"long ago\", which is not int"),
                    new Answer.Failed(
                        false,
                        "'born' has another type: it answered 3000000000, which does not fit"
                            + " int"))));
  }

  @ParameterizedTest
  @CsvSource({
    "401, REQUEST", "403, REQUEST", "404, REQUEST", "302, REQUEST", "429, PASSING",
    "500, PASSING", "503, PASSING", "408, PASSING", "400, QUESTION", "413, QUESTION"
  })
  void statuses_say_whose_fault_it_is(int status, Fault fault) {
    handler =
        exchange -> {
          exchange.getResponseHeaders().add("Location", "http://169.254.169.254/");
          exchange.getResponseHeaders().add("Retry-After", "3");
          send(exchange, status, "<html>no</html>");
        };
    GraphqlFunction function = byList();

    Reply.Failed reply = failed(function.ask(movies(function, 1)).join());

    assertThat(reply.fault()).isEqualTo(fault);
    assertThat(reply.reason()).isEqualTo("it answered with status " + status);
    assertThat(reply.retryAfter()).contains(Duration.ofSeconds(3));
  }

  @Test
  void pages_and_other_texts_are_told_apart() {
    GraphqlFunction function = byList();
    answers(200, "<!DOCTYPE html><html>Welcome</html>");
    assertThat(failed(function.ask(movies(function, 1)).join()))
        .isEqualTo(
            new Reply.Failed(
                Fault.QUESTION,
                "its answer is an HTML or XML page, not GraphQL",
                Optional.empty()));
    answers(200, "");
    assertThat(failed(function.ask(movies(function, 1)).join()).reason())
        .isEqualTo("its answer is empty, not GraphQL");
    answers(200, "[1, 2]");
    assertThat(failed(function.ask(movies(function, 1)).join()).reason())
        .isEqualTo("its answer is not JSON, not GraphQL");
    answers(200, "{\"ok\": true}");
    assertThat(failed(function.ask(movies(function, 1)).join()).reason())
        .isEqualTo("its answer is JSON, not GraphQL");
  }

  @Test
  void an_answer_that_is_too_long_is_not_read_to_its_end() {
    answers(200, "{\"data\": {\"movies\": [\"" + "x".repeat(200_000) + "\"]}}");
    GraphqlFunction function = byList();

    Reply.Failed reply = failed(function.ask(movies(function, 1)).join());

    assertThat(reply.fault()).isEqualTo(Fault.QUESTION);
    assertThat(reply.reason()).startsWith("its answer is longer than");
  }

  @Test
  void only_errors_say_whose_fault_it_is_by_their_code() {
    GraphqlFunction function = byList();
    answers(
        400,
        "{\"errors\": [{\"message\": \"Cannot query field \\\"x\\\".\", \"extensions\": {\"code\":"
            + " \"GRAPHQL_VALIDATION_FAILED\"}}]}");
    assertThat(failed(function.ask(movies(function, 1)).join()))
        .isEqualTo(
            new Reply.Failed(
                Fault.REQUEST,
                "it answered with errors only: Cannot query field \"x\"",
                Optional.empty()));
    answers(
        200,
        "{\"data\": null, \"errors\": [{\"message\": \"later\", \"extensions\": {\"code\":"
            + " \"RATE_LIMITED\"}}]}");
    assertThat(failed(function.ask(movies(function, 1)).join()).fault()).isEqualTo(Fault.PASSING);
    answers(200, "{\"data\": null, \"errors\": [{\"message\": \"who knows\"}]}");
    assertThat(failed(function.ask(movies(function, 1)).join()).fault()).isEqualTo(Fault.QUESTION);
  }

  @Test
  void who_does_not_answer_in_time_may_later() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    handler = exchange -> end.await();
    GraphqlFunction function = byList();

    Reply.Failed silent = failed(function.ask(movies(function, 1)).join());
    handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          end.await();
        };
    Reply.Failed halting = failed(function.ask(movies(function, 1)).join());
    end.countDown();
    server.stop(0);
    Reply.Failed gone = failed(function.ask(movies(function, 1)).join());

    assertThat(silent)
        .isEqualTo(new Reply.Failed(Fault.PASSING, "it did not answer in time", Optional.empty()));
    assertThat(halting).isEqualTo(silent);
    assertThat(gone.fault()).isEqualTo(Fault.PASSING);
  }

  @Test
  void a_secret_that_the_graph_repeats_is_not_repeated() {
    answers(
        200,
        "{\"data\": null, \"errors\": [{\"message\": \"Bearer " + SECRET + " is not known\"}]}");
    GraphqlFunction function = byList();

    Reply.Failed reply = failed(function.ask(movies(function, 1)).join());

    assertThat(reply.reason()).isEqualTo("it answered with errors only: Bearer … is not known");
  }

  @Test
  void a_missing_secret_is_nobody_s_question() {
    GraphqlFunction function =
        function(
            By.LIST,
            "query ($ids: [ID!]!) { movies(ids: $ids) { id } }",
            new Variable("ids", "[ID!]!", "movie_id"),
            Map.of("id", "movie_id"),
            reference -> {
              throw new ProblemException(
                  ProblemCode.CONNECTION_SECRET_MISSING,
                  "Cannot read secret 'edge': there is no file. Write it there.");
            });

    Reply.Failed reply = failed(function.ask(movies(function, 1)).join());

    assertThat(reply.fault()).isEqualTo(Fault.REQUEST);
    assertThat(reply.reason())
        .isEqualTo("cannot read secret 'edge': there is no file. Write it there");
  }

  @Test
  void rows_that_are_asked_about_by_alias_have_answers_of_their_own() {
    answers(
        200,
        "{\"data\": {\"r0\": {\"director\": {\"name\": \"A\"}}, \"r1\": null, \"r2\": null},"
            + " \"errors\": [{\"message\": \"no\", \"path\": [\"r2\"]}]}");
    GraphqlFunction function =
        function(
            By.ALIAS,
            "query ($id: ID!) { movie(id: $id) { director { name } born } }",
            new Variable("id", "ID!", "movie_id"),
            Map.of(),
            reference -> SECRET);

    Reply reply = function.ask(movies(function, 1, 2, 3)).join();

    assertThat(reply)
        .isEqualTo(
            new Reply.Answers(
                List.of(
                    found("A", null),
                    new Answer.Missing(),
                    new Answer.Failed(false, "it answered: no"))));
    assertThat(asked.path("query").asText().replace(" ", ""))
        .contains("$id_2:ID!", "r0:movie(id:$id_0)", "r2:movie(id:$id_2)");
    assertThat(asked.path("variables").toString())
        .isEqualTo("{\"id_0\":\"1\",\"id_1\":\"2\",\"id_2\":\"3\"}");
  }

  @Test
  void uuids_match_in_any_case_and_rows_without_one_ask_nothing() {
    answers(
        200,
        "{\"data\": {\"movies\": [{\"id\": \"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11\", \"born\":"
            + " 7}]}}");
    GraphqlFunction function =
        function(
            By.LIST,
            "query ($ids: [ID!]!) { movies(ids: $ids) { id born } }",
            new Variable("ids", "[ID!]!", "imdb"),
            Map.of("id", "imdb"),
            reference -> SECRET);
    GenericRowData row = new GenericRowData(MOVIES.width());
    row.setField(0, 1L);
    row.setField(1, StringData.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"));
    GenericRowData without = new GenericRowData(MOVIES.width());
    without.setField(0, 2L);

    Reply reply = function.ask(List.of(function.question(row).orElseThrow())).join();

    assertThat(reply).isEqualTo(new Reply.Answers(List.of(found(null, 7))));
    assertThat(function.question(without)).isEmpty();
  }
}
