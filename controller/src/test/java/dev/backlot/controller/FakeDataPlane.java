package dev.backlot.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.controller.web.Json;
import dev.backlot.model.Problem;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.SourceDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A data plane that speaks the internal HTTP API and keeps its jobs in memory. */
final class FakeDataPlane implements AutoCloseable {
  final Map<String, Map<String, Object>> jobs = new ConcurrentHashMap<>();
  final Map<String, List<SourceDescriptor>> discovered = new ConcurrentHashMap<>();
  final Map<String, List<String>> preflightAdvice = new ConcurrentHashMap<>();
  final Map<String, List<Problem>> preflightProblems = new ConcurrentHashMap<>();
  final Map<String, List<Problem>> planProblems = new ConcurrentHashMap<>();
  final Map<String, List<String>> waitingFor = new ConcurrentHashMap<>();
  final Map<String, List<Map<String, Object>>> letters = new ConcurrentHashMap<>();

  /** What a pipeline's plan reads, by its request. */
  final Map<String, Function<JsonNode, List<PlanSource>>> planSources = new ConcurrentHashMap<>();

  /** The hash of the only plan that runs, by pipeline. */
  final Map<String, String> onlyPlan = new ConcurrentHashMap<>();

  final Map<String, List<Map<String, Object>>> parked = new ConcurrentHashMap<>();

  /** What the steps of jobs have counted, by pipeline. */
  final Map<String, List<Map<String, Object>>> figures = new ConcurrentHashMap<>();

  final List<Map<String, Object>> sample = new CopyOnWriteArrayList<>();

  /** Names of the endpoints that came with pipelines to plan. */
  final Set<String> comingEndpoints = ConcurrentHashMap.newKeySet();

  /** What happens while a connection is preflighted, by its name. */
  final Map<String, Runnable> duringPreflight = new ConcurrentHashMap<>();

  /** References to the secrets that there are. */
  final List<Map<String, String>> secrets = new CopyOnWriteArrayList<>();

  final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();

  private HttpServer server;
  private int started;

  FakeDataPlane() throws IOException {
    server = serve(0);
  }

  private HttpServer serve(int port) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.createContext("/", this::handle);
    http.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            }));
    http.start();
    return http;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Goes away and forgets its jobs, as a killed process does. */
  void kill() {
    server.stop(0);
    jobs.clear();
  }

  void startAgain() throws IOException {
    server = serve(port());
  }

  void failJob(String pipeline, String code, String reason) {
    Map<String, Object> job = new LinkedHashMap<>(jobs.getOrDefault(pipeline, Map.of()));
    job.put("state", "FAILED");
    job.put("code", code);
    job.put("reason", reason);
    jobs.put(pipeline, job);
  }

  static SourceDescriptor source(String name, String connection, String table) {
    return new SourceDescriptor(
        name,
        connection,
        "public",
        table,
        1,
        "backlot." + name + ".1",
        4,
        List.of("id"),
        "{}",
        "{}",
        List.of(),
        List.of());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!"Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      JsonNode body = Json.MAPPER.readTree(exchange.getRequestBody());
      if (!call.startsWith("GET")) {
        calls.add(call);
      }
      Object answer = answer(call, body);
      if (answer == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Json.write(answer).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private @org.jspecify.annotations.Nullable Object answer(String call, JsonNode body) {
    String last = call.substring(call.lastIndexOf('/') + 1);
    if (call.equals("POST /v1/preflight")) {
      String name = body.path("name").asText();
      duringPreflight.getOrDefault(name, () -> {}).run();
      return Map.of(
          "advice", preflightAdvice.getOrDefault(name, List.of()),
          "problems", preflightProblems.getOrDefault(name, List.of()),
          "sources", discovered.getOrDefault(name, List.of()));
    }
    if (call.equals("POST /v1/checkups")) {
      return Map.of("end", Map.of("capturable", true, "millis", 1));
    }
    if (call.equals("GET /v1/secrets")) {
      return Map.of("references", secrets);
    }
    if (call.equals("POST /v1/plans")) {
      body.path("extra_endpoints")
          .forEach(endpoint -> comingEndpoints.add(endpoint.path("name").asText()));
      return plan(body);
    }
    if (call.startsWith("PUT /v1/jobs/")) {
      String hash = body.path("plan").path("hash").asText();
      return onlyPlan.getOrDefault(last, hash).equals(hash) ? putJob(last, hash) : null;
    }
    if (call.startsWith("DELETE /v1/jobs/")) {
      jobs.computeIfPresent(last, (pipeline, job) -> ended(job));
      return Map.of();
    }
    if (call.equals("GET /v1/jobs")) {
      return new ArrayList<>(jobs.values());
    }
    if (call.equals("GET /v1/figures")) {
      return figures;
    }
    if (call.endsWith("/progress") || call.endsWith("/caught-up")) {
      return Map.of("lag_records", 0, "lag_seconds", 0.5, "rate", 2.5, "caught_up", true);
    }
    if (call.contains("/dead-letters")) {
      return letters(call, last);
    }
    if (call.endsWith("/replays")) {
      List<String> ids = new ArrayList<>();
      body.path("ids").forEach(id -> ids.add(id.asText()));
      return Map.of("replayed", ids, "refused", List.of(Map.of("id", "f00", "reason", "gone")));
    }
    if (call.contains("/sample")) {
      return Map.of("rows", sample.isEmpty() ? List.of(Map.of("id", 1, "title", "Alien")) : sample);
    }
    if (call.endsWith("/parked")) {
      return Map.of("records", parked.getOrDefault(call.split("/")[3], List.of()));
    }
    return Map.of();
  }

  private @org.jspecify.annotations.Nullable Object letters(String call, String last) {
    String pipeline = call.split("/")[3];
    List<Map<String, Object>> all = letters.getOrDefault(pipeline, List.of());
    if (last.equals("dead-letters")) {
      return all;
    }
    return all.stream()
        .filter(letter -> last.equals(letter.get("id")))
        .<Object>map(
            letter -> {
              Map<String, Object> whole = new LinkedHashMap<>(letter);
              whole.put("original", Map.of("title", "Alien"));
              return whole;
            })
        .findFirst()
        .orElse(null);
  }

  /** Flink goes on to list a job that was stopped. */
  private static Map<String, Object> ended(Map<String, Object> job) {
    Map<String, Object> ended = new LinkedHashMap<>(job);
    ended.replace("state", "RUNNING", "CANCELED");
    return ended;
  }

  boolean runs(String pipeline) {
    return "RUNNING".equals(jobs.getOrDefault(pipeline, Map.of()).get("state"));
  }

  private Map<String, Object> plan(JsonNode body) {
    JsonNode pipeline = body.path("pipeline");
    String name = pipeline.path("name").asText();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("problems", planProblems.getOrDefault(name, List.of()));
    answer.put("waiting_for", waitingFor.getOrDefault(name, List.of()));
    List<PlanSource> sources = planSources.getOrDefault(name, any -> List.of()).apply(body);
    String hash = Integer.toHexString((pipeline.path("steps").toString() + sources).hashCode());
    answer.put("hash", hash);
    if (!planProblems.containsKey(name) && !waitingFor.containsKey(name)) {
      answer.put("plan", plan(name, hash, sources));
      List<SourceDescriptor> published = new ArrayList<>();
      for (JsonNode step : pipeline.path("steps")) {
        if (step.has("publish")) {
          published.add(source(step.path("publish").asText(), "", ""));
        }
      }
      answer.put("published", published);
    }
    return answer;
  }

  private static PipelinePlan plan(String pipeline, String hash, List<PlanSource> sources) {
    PlanSink sink =
        new PlanSink(
            "w",
            "iceberg",
            "movies",
            "studio.t",
            List.of(),
            List.of(),
            List.of(),
            "",
            "append",
            1000,
            List.of(),
            List.of(),
            List.of("a note"));
    return new PipelinePlan(
        PipelinePlan.FORMAT, pipeline, false, 1, "stop", sources, List.of(), List.of(sink), hash);
  }

  private synchronized Map<String, Object> putJob(String pipeline, String hash) {
    Map<String, Object> running = jobs.get(pipeline);
    if (running == null
        || !hash.equals(running.get("plan_hash"))
        || !"RUNNING".equals(running.get("state"))) {
      Map<String, Object> job = new LinkedHashMap<>();
      job.put("pipeline", pipeline);
      job.put("plan_hash", hash);
      job.put("job_id", "job-" + ++started);
      job.put("state", "RUNNING");
      job.put("started_at", Instant.now().toString());
      jobs.put(pipeline, job);
      running = job;
    }
    return Map.of("job_id", running.getOrDefault("job_id", ""));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
