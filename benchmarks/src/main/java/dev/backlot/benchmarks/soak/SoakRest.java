package dev.backlot.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A platform's REST API. Thread-safe. */
final class SoakRest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  SoakRest(String url) {
    this.url = url;
  }

  void apply(String yaml) throws IOException, InterruptedException {
    post("/api/v1/apply", Map.of("files", List.of(Map.of("name", "soak.yaml", "text", yaml))));
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    try {
      JsonNode rows = post("/api/v1/query", Map.of("sql", sql, "format", "rows"));
      return rows.isEmpty() ? -1 : rows.get(0).elements().next().asLong(-1);
    } catch (IOException | IllegalStateException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  boolean isCaughtUp(String pipeline) throws IOException, InterruptedException {
    return get("/api/v1/pipelines/" + pipeline).at("/status/caught_up").asBoolean();
  }

  /** Returns the statuses of all pipelines. */
  Map<String, JsonNode> statuses() throws IOException, InterruptedException {
    Map<String, JsonNode> statuses = new HashMap<>();
    for (JsonNode item : get("/api/v1/pipelines?proof=false").path("items")) {
      statuses.put(item.path("name").asText(), item.path("status"));
    }
    return statuses;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(Platform.request(url + path));
  }

  private JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    return send(
        Platform.request(url + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(response.uri() + " said " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
