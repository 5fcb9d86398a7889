package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Asks a server's REST API, which costs less than a command; what fails is empty. */
final class Rest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String server;
  private volatile String refusal = "";

  Rest(String server) {
    this.server = server;
  }

  JsonNode get(String path) {
    return send(Platform.request(server + path));
  }

  JsonNode post(String path) {
    return send(Platform.request(server + path).POST(HttpRequest.BodyPublishers.noBody()));
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    try {
      JsonNode rows = rows(sql);
      return rows.isEmpty() ? -1 : rows.get(0).elements().next().asLong(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  /**
   * Returns the rows of a query.
   *
   * @throws IOException when it can't be answered
   */
  JsonNode rows(String sql) throws IOException {
    String body = JSON.writeValueAsString(Map.of("sql", sql, "format", "rows"));
    JsonNode rows =
        send(
            Platform.request(server + "/api/v1/query")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    if (!rows.isArray()) {
      throw new IOException("no answer to " + sql);
    }
    return rows;
  }

  /**
   * Tells how pipelines and long-running work are, and what the last query was answered, for a
   * failure.
   */
  String states() {
    StringBuilder states = new StringBuilder("the last refusal was '" + refusal + "'");
    for (JsonNode pipeline : get("/api/v1/pipelines").path("items")) {
      states
          .append('\n')
          .append(pipeline.path("name").asText())
          .append(' ')
          .append(pipeline.path("status"));
    }
    return states.append("\nwork ").append(get("/api/v1/work")).toString();
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response =
          client.send(
              request.timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 200) {
        return JSON.readTree(response.body());
      }
      refusal = response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8);
      return JSON.createObjectNode();
    } catch (IOException e) {
      refusal = e.toString();
      return JSON.createObjectNode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
