package dev.backlot.controller.dataplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.controller.web.Json;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The data plane over its internal HTTP API on loopback. */
public final class HttpDataPlane implements DataPlane {
  private static final Duration QUICK = Duration.ofSeconds(5);
  private static final Duration SLOW = Duration.ofSeconds(60);
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final String root;
  private final String token;

  /** Reaches the data plane of an installation; connects at the first call. */
  public HttpDataPlane(PlatformConfig config) {
    this.root = "http://127.0.0.1:" + config.enginePort() + "/v1";
    this.token = config.internalToken();
  }

  @Override
  public Preflight preflight(String connectionDocument) {
    JsonNode answer = call("POST", "/preflight", connectionDocument, SLOW);
    List<String> advice = new ArrayList<>();
    answer.path("advice").forEach(text -> advice.add(text.asText()));
    return new Preflight(problems(answer), sources(answer.path("sources")), advice);
  }

  @Override
  public void checkup(String connectionDocument, Consumer<CheckupEvent> listener) {
    HttpRequest request =
        request("/checkups", SLOW)
            .POST(HttpRequest.BodyPublishers.ofString(connectionDocument))
            .build();
    HttpResponse<Stream<String>> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofLines());
    } catch (IOException e) {
      throw unreachable(e, SLOW);
    } catch (InterruptedException e) {
      throw stopping(e);
    }
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() / 100 != 2) {
        throw failure(
            "POST /checkups", response.statusCode(), lines.collect(Collectors.joining("\n")));
      }
      lines.forEach(
          line -> listener.accept(Json.MAPPER.convertValue(tree(line), CheckupEvent.class)));
    } catch (UncheckedIOException e) {
      throw unreachable(new IOException(e), SLOW);
    }
  }

  @Override
  public List<Map<String, String>> secrets() {
    return Json.MAPPER.convertValue(
        call("GET", "/secrets", null, QUICK).path("references"), new TypeReference<>() {});
  }

  @Override
  public Map<String, Object> rowEvents(String source, List<String> key) {
    return Json.MAPPER.convertValue(
        call(
            "POST",
            "/sources/" + encode(source) + "/row-events",
            Json.write(Map.of("key", key)),
            SLOW),
        MAP);
  }

  @Override
  public QueryAnswer query(String connectionDocument, QueryRead read) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("connection", tree(connectionDocument));
    body.set("read", Json.MAPPER.valueToTree(read));
    Duration time = Duration.ofSeconds(read.seconds()).plus(QUICK);
    return Json.MAPPER.convertValue(
        call("POST", "/queries", body.toString(), time), QueryAnswer.class);
  }

  @Override
  public Planned plan(
      String pipelineDocument,
      List<SourceDescriptor> extraSources,
      List<String> extraEndpoints,
      Map<String, Integer> upTo) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("pipeline", tree(pipelineDocument));
    body.set("extra_sources", Json.MAPPER.valueToTree(extraSources));
    ArrayNode endpoints = body.putArray("extra_endpoints");
    extraEndpoints.forEach(document -> endpoints.add(tree(document)));
    body.set("up_to", Json.MAPPER.valueToTree(upTo));
    return planned(body);
  }

  @Override
  public Planned planProposed(String pipelineDocument, Map<String, String> proposed) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("pipeline", tree(pipelineDocument));
    body.set("proposed", Json.MAPPER.valueToTree(proposed));
    return planned(body);
  }

  private Planned planned(ObjectNode body) {
    JsonNode answer = call("POST", "/plans", body.toString(), SLOW);
    List<String> waitingFor = new ArrayList<>();
    answer.path("waiting_for").forEach(source -> waitingFor.add(source.asText()));
    JsonNode plan = answer.path("plan");
    return new Planned(
        plan.isObject() ? Optional.of(Json.MAPPER.convertValue(plan, MAP)) : Optional.empty(),
        answer.path("hash").asText(""),
        problems(answer),
        waitingFor,
        sources(answer.path("published")));
  }

  @Override
  public JsonNode processors() {
    return call("GET", "/processors", null, QUICK).path("processors");
  }

  @Override
  public JsonNode check(String document) {
    return call("POST", "/sketches", Json.write(Map.of("document", document)), SLOW);
  }

  @Override
  public JsonNode preview(
      String document, String step, int limit, List<String> keys, Map<String, Set<String>> hidden) {
    Map<String, Object> body =
        Map.of("document", document, "step", step, "limit", limit, "keys", keys, "hidden", hidden);
    return call("POST", "/previews", Json.write(body), SLOW);
  }

  @Override
  public JsonNode graph(String endpoint) {
    return call("GET", "/endpoints/" + encode(endpoint) + "/graph", null, SLOW);
  }

  @Override
  public JsonNode outline(String endpoint, String query) {
    String body = Json.write(Map.of("query", query));
    return call("POST", "/endpoints/" + encode(endpoint) + "/outline", body, SLOW);
  }

  @Override
  public List<Map<String, Object>> parked(String pipeline) {
    List<Map<String, Object>> records = new ArrayList<>();
    call("GET", "/pipelines/" + encode(pipeline) + "/parked", "", SLOW)
        .path("records")
        .forEach(record -> records.add(Json.MAPPER.convertValue(record, MAP)));
    return records;
  }

  @Override
  public String putJob(String pipeline, Map<String, Object> plan, long revision) {
    Map<String, Object> body = Map.of("plan", plan, "revision", revision);
    return call("PUT", "/jobs/" + encode(pipeline), Json.write(body), SLOW)
        .path("job_id")
        .asText("");
  }

  @Override
  public void deleteJob(String pipeline) {
    call("DELETE", "/jobs/" + encode(pipeline), null, SLOW);
  }

  @Override
  public List<Job> jobs() {
    JsonNode answer = call("GET", "/jobs", null, QUICK);
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : answer.isArray() ? answer : answer.path("jobs")) {
      jobs.add(
          new Job(
              job.path("pipeline").asText(""),
              job.path("plan_hash").asText(""),
              job.path("job_id").asText(""),
              job.path("state").asText("UNKNOWN"),
              time(job.path("started_at")),
              job.path("code").asText(""),
              job.path("reason").asText("")));
    }
    return jobs;
  }

  @Override
  public Map<String, List<StepFigures>> figures() {
    Map<String, List<StepFigures>> byPipeline = new LinkedHashMap<>();
    call("GET", "/figures", null, QUICK)
        .fields()
        .forEachRemaining(
            entry -> {
              List<StepFigures> steps = new ArrayList<>();
              entry.getValue().forEach(step -> steps.add(figures(step)));
              byPipeline.put(entry.getKey(), steps);
            });
    return byPipeline;
  }

  private static StepFigures figures(JsonNode step) {
    return new StepFigures(
        step.path("id").asText(),
        whole(step.path("records_in")),
        whole(step.path("records_out")),
        whole(step.path("failed")),
        decimal(step.path("busy")),
        decimal(step.path("back_pressured")),
        percentiles(step.path("latency_seconds")),
        percentiles(step.path("request_seconds")));
  }

  private static Optional<Percentiles> percentiles(JsonNode of) {
    return of.isObject()
        ? Optional.of(
            new Percentiles(
                of.path("p50").asDouble(), of.path("p95").asDouble(), of.path("p99").asDouble()))
        : Optional.empty();
  }

  @Override
  public Progress progress(String pipeline) {
    return progress(call("GET", "/pipelines/" + encode(pipeline) + "/progress", null, QUICK));
  }

  @Override
  public Progress caughtUp(String pipeline, Duration timeout) {
    return progress(
        call(
            "POST",
            "/pipelines/" + encode(pipeline) + "/caught-up",
            "{\"timeout_ms\":" + timeout.toMillis() + "}",
            timeout.plus(QUICK)));
  }

  @Override
  public List<JsonNode> ask(
      String pipeline, String step, List<Map<String, @Nullable String>> rows) {
    List<JsonNode> answers = new ArrayList<>();
    call(
            "POST",
            "/pipelines/" + encode(pipeline) + "/steps/" + encode(step) + "/answers",
            Json.write(Map.of("rows", rows)),
            SLOW)
        .path("answers")
        .forEach(answers::add);
    return answers;
  }

  @Override
  public List<Map<String, Object>> deadLetters(String pipeline, int limit) {
    List<Map<String, Object>> letters = new ArrayList<>();
    call("GET", letters(pipeline) + "?limit=" + limit, null, SLOW)
        .forEach(letter -> letters.add(Json.MAPPER.convertValue(letter, MAP)));
    return letters;
  }

  @Override
  public Map<String, Object> deadLetter(String pipeline, String id) {
    return Json.MAPPER.convertValue(
        call("GET", letters(pipeline) + "/" + encode(id), null, SLOW), MAP);
  }

  @Override
  public Map<String, Object> replay(String pipeline, String step, List<String> ids) {
    return Json.MAPPER.convertValue(
        call(
            "POST",
            "/pipelines/" + encode(pipeline) + "/replays",
            Json.write(Map.of("step", step, "ids", ids)),
            SLOW),
        MAP);
  }

  @Override
  public void deleteDeadLetters(String pipeline) {
    call("DELETE", letters(pipeline), null, SLOW);
  }

  @Override
  public void endPublications(String pipeline, boolean purge) {
    call(
        "DELETE",
        "/pipelines/" + encode(pipeline) + "/publications",
        "{\"purge\": " + purge + "}",
        SLOW);
  }

  private static String letters(String pipeline) {
    return "/pipelines/" + encode(pipeline) + "/dead-letters";
  }

  @Override
  public Map<String, Object> sample(String source, int limit) {
    return Json.MAPPER.convertValue(
        call("GET", "/sources/" + encode(source) + "/sample?limit=" + limit, null, SLOW), MAP);
  }

  @Override
  public SourceStats stats(String source) {
    JsonNode answer = call("GET", "/sources/" + encode(source) + "/stats", null, QUICK);
    return new SourceStats(
        whole(answer.path("messages")), decimal(answer.path("rate")), time(answer.path("newest")));
  }

  @Override
  public boolean isHealthy() {
    try {
      call("GET", "/health", null, Duration.ofSeconds(2));
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    return HttpRequest.newBuilder(URI.create(root + path))
        .timeout(timeout)
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json");
  }

  private JsonNode call(String method, String path, @Nullable String body, Duration timeout) {
    HttpRequest.Builder request =
        request(path, timeout)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw unreachable(e, timeout);
    } catch (InterruptedException e) {
      throw stopping(e);
    }
    if (response.statusCode() / 100 == 2) {
      return tree(response.body());
    }
    throw failure(method + " " + path, response.statusCode(), response.body());
  }

  private static ProblemException unreachable(IOException e, Duration timeout) {
    return new ProblemException(
        ProblemCode.DATA_PLANE_UNREACHABLE,
        "Cannot reach the data plane: "
            + (e instanceof java.net.http.HttpTimeoutException
                ? "it did not answer within " + timeout.toSeconds() + " s"
                : "it does not answer")
            + ". It is started again by itself; try again in a moment.",
        e);
  }

  private static ProblemException stopping(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ProblemException(
        ProblemCode.DATA_PLANE_UNREACHABLE,
        "Cannot reach the data plane: the controller is stopping. Try again later.",
        e);
  }

  private static ProblemException failure(String call, int status, String body) {
    List<Problem> problems = List.of();
    try {
      problems = problems(tree(body));
    } catch (RuntimeException e) {
      // the body is not ours: the status must do
    }
    if (!problems.isEmpty()) {
      return new ProblemException(problems);
    }
    return new ProblemException(
        status == 404 ? ProblemCode.NOT_FOUND : ProblemCode.INTERNAL,
        "Cannot get an answer from the data plane: "
            + call
            + " gave status "
            + status
            + ". Look into the data plane's log.");
  }

  private static JsonNode tree(String json) {
    try {
      return json.isBlank() ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot understand the data plane: its answer is not JSON. Look into its log.",
          e);
    }
  }

  private static List<Problem> problems(JsonNode answer) {
    List<Problem> problems = new ArrayList<>();
    for (JsonNode problem : answer.path("problems")) {
      problems.add(Json.MAPPER.convertValue(problem, Problem.class));
    }
    return problems;
  }

  private static List<SourceDescriptor> sources(JsonNode nodes) {
    List<SourceDescriptor> sources = new ArrayList<>();
    for (JsonNode source : nodes) {
      sources.add(Json.MAPPER.convertValue(source, SourceDescriptor.class));
    }
    return sources;
  }

  private static Progress progress(JsonNode answer) {
    JsonNode caughtUp = answer.path("caught_up");
    List<TableProgress> tables = new ArrayList<>();
    for (JsonNode table : answer.path("tables")) {
      tables.add(
          new TableProgress(
              table.path("table").asText(),
              whole(table.path("lag_records")),
              decimal(table.path("lag_seconds"))));
    }
    List<SourceProgress> sources = new ArrayList<>();
    for (JsonNode source : answer.path("sources")) {
      sources.add(
          new SourceProgress(
              source.path("id").asText(),
              source.path("source").asText(),
              source.path("partitions").asInt(),
              source.path("partitions_without_mark").asInt(),
              whole(source.path("lag_records")),
              decimal(source.path("lag_seconds"))));
    }
    return new Progress(
        whole(answer.path("lag_records")),
        decimal(answer.path("lag_seconds")),
        decimal(answer.path("rate")),
        whole(answer.path("dead_letters")),
        whole(answer.path("skipped")),
        caughtUp.isBoolean() ? Optional.of(caughtUp.asBoolean()) : Optional.empty(),
        answer.path("reason").asText(""),
        tables,
        sources);
  }

  private static Optional<Long> whole(JsonNode node) {
    return node.isNumber() ? Optional.of(node.asLong()) : Optional.empty();
  }

  private static Optional<Double> decimal(JsonNode node) {
    return node.isNumber() ? Optional.of(node.asDouble()) : Optional.empty();
  }

  private static Optional<Instant> time(JsonNode node) {
    if (node.isNumber()) {
      return Optional.of(Instant.ofEpochMilli(node.asLong()));
    }
    try {
      return node.isTextual() ? Optional.of(Instant.parse(node.asText())) : Optional.empty();
    } catch (java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
