package dev.backlot.testing.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one server was asked since it started or was told to forget. Requests for the schema that
 * composition makes are not counted; introspection is.
 *
 * @param requests how many requests there were
 * @param ids how many ids the root fields of all requests were given
 * @param running how many are not answered yet
 * @param mostAtOnce the highest number that were under way at one time
 * @param last the newest requests, oldest first, 20,000 at most
 */
public record Requests(
    long requests, long ids, int running, int mostAtOnce, List<GraphRequest> last) {

  /**
   * One request.
   *
   * @param at when it had arrived
   * @param took how long its answer took; empty while there is none
   * @param status the answer's HTTP status; empty while there is none
   * @param headers by name in lower case
   * @param query the GraphQL document
   * @param ids what its root fields were given: by list, one by one, or as entities' keys
   */
  public record GraphRequest(
      Instant at,
      Optional<Duration> took,
      Optional<Integer> status,
      Map<String, String> headers,
      String query,
      List<String> ids) {}

  /** Returns the ids of all remembered requests, in their order, repetitions included. */
  public List<String> allIds() {
    return last.stream().flatMap(request -> request.ids().stream()).toList();
  }

  /** Returns the remembered requests that asked for an id. */
  public Stream<GraphRequest> askingFor(String id) {
    return last.stream().filter(request -> request.ids().contains(id));
  }

  static Requests parse(JsonNode answer) {
    List<GraphRequest> last = new ArrayList<>();
    answer.path("last").forEach(request -> last.add(request(request)));
    return new Requests(
        answer.path("requests").asLong(),
        answer.path("ids").asLong(),
        answer.path("running").asInt(),
        answer.path("mostAtOnce").asInt(),
        List.copyOf(last));
  }

  private static GraphRequest request(JsonNode request) {
    Map<String, String> headers = new LinkedHashMap<>();
    request
        .path("headers")
        .fields()
        .forEachRemaining(header -> headers.put(header.getKey(), header.getValue().asText()));
    List<String> ids = new ArrayList<>();
    request.path("ids").forEach(id -> ids.add(id.asText()));
    JsonNode took = request.path("took");
    JsonNode status = request.path("status");
    return new GraphRequest(
        Instant.ofEpochMilli(request.path("at").asLong()),
        took.isNumber() ? Optional.of(Duration.ofMillis(took.asLong())) : Optional.empty(),
        status.isNumber() ? Optional.of(status.asInt()) : Optional.empty(),
        Map.copyOf(headers),
        request.path("query").asText(),
        List.copyOf(ids));
  }
}
