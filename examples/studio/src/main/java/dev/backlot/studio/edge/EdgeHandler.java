package dev.backlot.studio.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import graphql.ExecutionResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** GraphQL over HTTP: POST asks, GET explains. */
final class EdgeHandler implements HttpHandler {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_DRAINED_BYTES = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EdgeGraph graph;
  private final DataSource pool;

  EdgeHandler(EdgeGraph graph, DataSource pool) {
    this.graph = graph;
    this.pool = pool;
  }

  /** A request that is not even a question. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      if (exchange.getRequestMethod().equals("GET")) {
        send(
            exchange,
            200,
            "text/plain; charset=utf-8",
            explanation(exchange).getBytes(StandardCharsets.UTF_8));
      } else {
        answer(exchange);
      }
    } catch (Refused e) {
      refuse(exchange, e.status, e.getMessage());
    } catch (RuntimeException e) {
      refuse(exchange, 500, "Cannot answer: " + e);
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException, Refused {
    JsonNode question = question(exchange);
    try (Reading reading = new Reading(pool)) {
      ExecutionResult result =
          graph.execute(
              question.path("query").asText(),
              question.path("operationName").asText(null),
              variables(question.path("variables")),
              reading);
      if (reading.failure().isPresent()) {
        // Part of an answer would look like the whole truth to whoever asks.
        exchange.getResponseHeaders().set("Retry-After", "1");
        throw new Refused(
            503,
            "Cannot answer: the studio's database does not ("
                + reading.failure().get().getMessage()
                + "). Ask again.");
      }
      exchange.getResponseHeaders().set("X-Sql-Statements", reading.statements() + "");
      // Without data the question itself was wrong, and was never asked of the database.
      send(
          exchange,
          result.isDataPresent() ? 200 : 400,
          "application/json",
          JSON.writeValueAsBytes(result.toSpecification()));
    }
  }

  private static JsonNode question(HttpExchange exchange) throws IOException, Refused {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "GET, POST");
      throw new Refused(405, "Cannot answer " + exchange.getRequestMethod() + ". POST a query.");
    }
    byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      // Whoever is still sending would see a broken connection instead of the answer.
      exchange.getRequestBody().skip(MOST_DRAINED_BYTES);
      throw new Refused(
          413,
          "Cannot read the request: it is larger than " + MOST_BYTES + " bytes. Ask for less.");
    }
    JsonNode question;
    try {
      question = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new Refused(
          400, "Cannot read the request: it is not JSON (" + e.getOriginalMessage() + ").");
    }
    if (!question.path("query").isTextual()) {
      throw new Refused(
          400,
          "Cannot read the request: it has no query. Send {\"query\": \"…\", \"variables\": {…}}.");
    }
    return question;
  }

  private static Map<String, Object> variables(JsonNode variables) throws Refused {
    if (variables.isMissingNode() || variables.isNull()) {
      return Map.of();
    }
    if (!variables.isObject()) {
      throw new Refused(400, "Cannot read the request: its variables are not an object.");
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> map = JSON.convertValue(variables, Map.class);
    return map;
  }

  private static void refuse(HttpExchange exchange, int status, @Nullable String message)
      throws IOException {
    byte[] body =
        JSON.writeValueAsBytes(
            Map.of("errors", List.of(Map.of("message", String.valueOf(message)))));
    send(exchange, status, "application/json", body);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static String explanation(HttpExchange exchange) {
    String url = "http://localhost:" + exchange.getLocalAddress().getPort() + "/graphql";
    return """
        Studio edge: the demo studio's GraphQL graph. POST queries to %1$s, for example

          curl -s %1$s -H 'content-type: application/json' -d '{
            "query": "query ($ids: [ID!]!) { movies(ids: $ids) { id title phase schedule { daysLeft nextDate } deals { open } } }",
            "variables": {"ids": ["10000", "10001"]}}'

        Its schema:

        %2$s"""
        .formatted(url, EdgeGraph.schemaText());
  }
}
