package dev.backlot.engine.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.engine.answer.CurrentAnswers;
import dev.backlot.engine.answer.CurrentAnswers.Outcome;
import dev.backlot.engine.backfill.BackfillService;
import dev.backlot.engine.endpoint.EndpointSchemas;
import dev.backlot.engine.heartbeat.HeartbeatService;
import dev.backlot.engine.job.Jobs;
import dev.backlot.engine.job.Publications;
import dev.backlot.engine.letter.DeadLetters;
import dev.backlot.engine.letter.ReplayRequest;
import dev.backlot.engine.metrics.JobFigures;
import dev.backlot.engine.metrics.StepFigures;
import dev.backlot.engine.plan.PlanJson;
import dev.backlot.engine.plan.PlanService;
import dev.backlot.engine.plan.Planned;
import dev.backlot.engine.plan.Planner;
import dev.backlot.engine.preview.PreviewService;
import dev.backlot.engine.progress.ParkedRecords;
import dev.backlot.engine.progress.ProgressService;
import dev.backlot.engine.source.RecordTexts;
import dev.backlot.engine.source.RowEvents;
import dev.backlot.engine.source.SourceSamples;
import dev.backlot.engine.source.TopicReader;
import dev.backlot.engine.source.TopicTails;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.processors.Processors;
import dev.backlot.registry.SchemaStore;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine as a service of the data plane: plans, jobs, progress and samples over HTTP on
 * loopback, for the controller.
 */
public final class DataPlaneApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataPlaneApi.class);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final PlanService plans;
  private final Jobs jobs;
  private final Publications publications;
  private final ProgressService progress;
  private final ParkedRecords parked;
  private final HeartbeatService heartbeats;
  private final BackfillService backfills;
  private final SourceSamples samples;
  private final DeadLetters letters;
  private final CurrentAnswers answers;
  private final SketchRoutes sketches;
  private final Preflight preflight;
  private final ConnectionQueries queries;
  private final Secrets secrets;
  private final RowEvents rowEvents;
  private final HttpService http;

  private DataPlaneApi(PlatformConfig config, Preflight preflight, ConnectionQueries queries) {
    Map<String, String> kafka = new HashMap<>(config.kafkaProperties());
    kafka.put("bootstrap.servers", config.bootstrapServers());
    Processors processors = Processors.load();
    MetadataDatabase metadata = part(MetadataDatabase.open(config.metadata()));
    SchemaStore schemas = part(new SchemaStore(kafka, config.replicationFactor()));
    LakeCatalog lake = part(LakeCatalog.open(LakeSettings.of(config)));
    TopicReader topics = part(new TopicReader(kafka));
    this.preflight = preflight;
    this.queries = queries;
    this.secrets = new Secrets(config.secretsDir());
    EndpointSchemas endpoints = part(new EndpointSchemas(metadata, secrets::resolve));
    endpoints.start();
    this.plans = new PlanService(metadata, schemas, lake, endpoints, new Planner(processors));
    this.publications =
        new Publications(kafka, config.replicationFactor(), metadata.sources(), schemas);
    this.jobs =
        part(
            new Jobs(
                config.flinkRestUrl(),
                kafka,
                config.replicationFactor(),
                lake,
                publications,
                config.secretsDir(),
                processors));
    TopicTails tails = new TopicTails(topics);
    this.progress = new ProgressService(metadata, lake, publications, topics, tails);
    this.parked = new ParkedRecords(progress, topics, schemas, kafka);
    this.heartbeats = part(new HeartbeatService(metadata, lake, progress));
    this.backfills =
        part(
            new BackfillService(
                metadata,
                lake,
                kafka,
                progress::plan,
                config.dataDir().resolve("run").resolve("backfill"),
                config.queryClasspath()));
    RecordTexts texts = new RecordTexts(schemas);
    this.samples =
        new SourceSamples(metadata.sources(), texts, topics, tails, metadata.heartbeats()::marks);
    this.rowEvents = new RowEvents(metadata.sources(), texts, part(new TopicReader(kafka)));
    this.letters = new DeadLetters(kafka, topics, texts, progress, processors);
    this.answers = new CurrentAnswers(processors, secrets::resolve);
    this.sketches =
        new SketchRoutes(
            plans,
            endpoints,
            new PreviewService(
                plans, ownSamples(metadata, texts, kafka), kafka, processors, secrets::resolve),
            processors);
    this.http = part(new HttpService(config.enginePort(), config.internalToken(), this::answer));
  }

  /**
   * Starts the service and returns when it answers. The metadata database, Kafka and Flink are
   * there already.
   *
   * @throws ProblemException {@code PORT_TAKEN}, or when something it needs can't be reached
   */
  public static DataPlaneApi start(
      PlatformConfig config, Preflight preflight, ConnectionQueries queries) {
    DataPlaneApi api = new DataPlaneApi(config, preflight, queries);
    api.heartbeats.start();
    api.backfills.start();
    api.http.start();
    return api;
  }

  /**
   * Those who type don't wait for whoever else looks into topics: a reader serves one at a time.
   */
  private SourceSamples ownSamples(
      MetadataDatabase metadata, RecordTexts texts, Map<String, String> kafka) {
    TopicReader topics = part(new TopicReader(kafka));
    return new SourceSamples(
        metadata.sources(), texts, topics, new TopicTails(topics), metadata.heartbeats()::marks);
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  /** Returns the port that it listens on. */
  public int port() {
    return http.port();
  }

  private Object answer(HttpExchange exchange, List<String> path, String body) {
    String route = exchange.getRequestMethod() + " " + String.join("/", shape(path));
    return switch (route) {
      case "GET health" -> Map.of("status", "up");
      case "POST preflight" -> preflight(body);
      case "POST checkups" -> checkup(body);
      case "GET secrets" -> Map.of("references", references());
      case "POST queries" -> query(Json.read(body));
      case "POST plans" -> plan(Json.read(body));
      case "GET processors" -> sketches.processors();
      case "POST sketches" -> sketches.check(Json.read(body));
      case "POST previews" -> sketches.preview(Json.read(body));
      case "GET endpoints/*/graph" -> sketches.graph(path.get(1));
      case "POST endpoints/*/outline" -> sketches.outline(path.get(1), Json.read(body));
      case "GET jobs" -> jobs.list();
      case "GET figures" -> figures();
      case "PUT jobs/*" -> put(path.get(1), Json.read(body));
      case "DELETE jobs/*" -> stop(path.get(1));
      case "GET pipelines/*/progress" -> progress(path.get(1));
      case "GET pipelines/*/parked" -> Map.of("records", parked.of(path.get(1)));
      case "POST pipelines/*/caught-up" -> caughtUp(path.get(1), Json.read(body));
      case "GET pipelines/*/dead-letters" -> letters.list(path.get(1), limit(exchange));
      case "GET pipelines/*/dead-letters/*" -> letters.find(path.get(1), path.get(3));
      case "DELETE pipelines/*/dead-letters" -> deleteLetters(path.get(1));
      case "DELETE pipelines/*/publications" ->
          endPublications(path.get(1), Json.read(body).path("purge").asBoolean());
      case "POST pipelines/*/steps/*/answers" -> answers(path.get(1), path.get(3), body);
      case "POST pipelines/*/replays" -> replay(path.get(1), Json.read(body));
      case "GET sources/*/sample" -> samples.sample(path.get(1), limit(exchange));
      case "POST sources/*/row-events" -> rowEvents.of(path.get(1), key(Json.read(body)));
      case "GET sources/*/stats" -> samples.stats(path.get(1));
      default ->
          throw new ProblemException(
              ProblemCode.NOT_FOUND,
              "Cannot answer '" + route + "': there is nothing here. Check the path.");
    };
  }

  /** Replaces the names in a path by stars. */
  private static List<String> shape(List<String> path) {
    List<String> shape = Arrays.asList(path.toArray(String[]::new));
    for (int name = 1; name < shape.size(); name += 2) {
      shape.set(name, "*");
    }
    return shape;
  }

  private Object preflight(String body) {
    Documents documents = SpecReader.read("", body);
    return documents.problems().isEmpty()
        ? preflight.check(connection(documents))
        : new Preflight.Result(documents.problems(), List.of(), List.of());
  }

  private HttpService.Lines checkup(String body) {
    Documents documents = SpecReader.read("", body);
    if (!documents.problems().isEmpty()) {
      throw new ProblemException(documents.problems());
    }
    ConnectionSpec connection = connection(documents);
    return out -> preflight.checkup(connection, out::accept);
  }

  /** References to secrets as documents write them. */
  private List<Map<String, String>> references() {
    return secrets.references().stream()
        .map(
            reference ->
                reference instanceof SecretReference.FromEnvironment environment
                    ? Map.of("env", environment.variable())
                    : Map.of("file", ((SecretReference.FromFile) reference).name()))
        .toList();
  }

  private static List<String> key(JsonNode body) {
    List<String> key = new ArrayList<>();
    body.path("key").forEach(part -> key.add(part.asText()));
    return key;
  }

  /** {@code {"connection": document, "read": QueryRead}} → {@link QueryAnswer}. */
  private Object query(JsonNode body) {
    Documents documents = SpecReader.read("", body.path("connection").toString());
    if (!documents.problems().isEmpty()) {
      throw new ProblemException(documents.problems());
    }
    return queries.read(
        connection(documents), Json.MAPPER.convertValue(body.path("read"), QueryRead.class));
  }

  private static ConnectionSpec connection(Documents documents) {
    if (documents.specs().size() == 1
        && documents.specs().get(0) instanceof ConnectionSpec connection) {
      return connection;
    }
    throw new ProblemException(
        ProblemCode.SPEC_WRONG_SHAPE,
        "Cannot check the document: it is not one Connection. Send one Connection document.");
  }

  private Object plan(JsonNode body) {
    SourceDescriptor[] discovered =
        Json.MAPPER.convertValue(
            body.path("extra_sources").isArray()
                ? body.path("extra_sources")
                : Json.MAPPER.createArrayNode(),
            SourceDescriptor[].class);
    JsonNode document = body.path("pipeline");
    Planned planned =
        plans.plan(
            document.isTextual() ? document.asText() : document.toString(),
            List.of(discovered),
            StreamSupport.stream(body.path("extra_endpoints").spliterator(), false)
                .map(JsonNode::toString)
                .toList(),
            upTo(body.path("up_to")),
            proposed(body.path("proposed")));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("plan", planned.plan().<Object>map(PlanJson::tree).orElse(Map.of()));
    answer.put("hash", planned.plan().map(PipelinePlan::hash).orElse(""));
    answer.put("problems", planned.problems());
    answer.put("waiting_for", planned.waitingFor());
    answer.put("published", planned.plan().map(Publications::descriptors).orElse(List.of()));
    if (planned.plan().isEmpty()) {
      answer.remove("plan");
    }
    return answer;
  }

  private static Map<String, Integer> upTo(JsonNode body) {
    Map<String, Integer> upTo = new HashMap<>();
    body.fields().forEachRemaining(field -> upTo.put(field.getKey(), field.getValue().asInt()));
    return upTo;
  }

  private static Map<String, String> proposed(JsonNode body) {
    Map<String, String> proposed = new HashMap<>();
    body.fields()
        .forEachRemaining(field -> proposed.put(field.getKey(), field.getValue().asText()));
    return proposed;
  }

  private Object put(String pipeline, JsonNode body) {
    PipelinePlan plan = PlanJson.read(body.path("plan").toString());
    if (!plan.pipeline().equals(pipeline)) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot run pipeline '%s': the plan is that of '%s'. Send its own plan."
              .formatted(pipeline, plan.pipeline()));
    }
    backfills.deploying(plan);
    String job = jobs.put(plan);
    progress.deployed(plan);
    heartbeats.deployed(pipeline);
    return Map.of("job_id", job);
  }

  private Object stop(String pipeline) {
    jobs.stop(pipeline);
    heartbeats.stopped(pipeline);
    return Map.of();
  }

  private Object progress(String pipeline) {
    boolean skips = progress.plan(pipeline).onError().equals("skip");
    return progress
        .progress(pipeline)
        .withFailures(letters.waiting(pipeline), skips ? jobs.skippedRecords(pipeline) : 0);
  }

  /** {@code {pipeline: [StepFigures]}} of the jobs that run in this process. */
  private Object figures() {
    JobFigures now = JobFigures.now();
    Map<String, List<StepFigures>> byPipeline = new TreeMap<>();
    now.pipelines().forEach(name -> byPipeline.put(name, now.of(progress.plan(name))));
    return byPipeline;
  }

  private Object replay(String pipeline, JsonNode body) {
    List<String> ids = new ArrayList<>();
    body.path("ids").forEach(id -> ids.add(id.asText()));
    return letters.replay(pipeline, new ReplayRequest(body.path("step").asText(""), ids));
  }

  /** {@code {"rows": [{field: text}]}} → {@code {"answers": [{"outcome", "values"|"reason"}]}}. */
  private Object answers(String pipeline, String step, String body) {
    List<Map<String, @Nullable String>> rows =
        Json.MAPPER.convertValue(Json.read(body).path("rows"), new TypeReference<>() {});
    List<Map<String, Object>> answers = new ArrayList<>();
    for (Outcome outcome : this.answers.ask(progress.plan(pipeline), step, rows)) {
      if (outcome instanceof Outcome.Found found) {
        answers.add(Map.of("outcome", "found", "values", found.values()));
      } else if (outcome instanceof Outcome.Missing missing) {
        answers.add(Map.of("outcome", missing.deletes() ? "deleted" : "missing"));
      } else if (outcome instanceof Outcome.Unknown unknown) {
        answers.add(Map.of("outcome", "unknown", "reason", unknown.reason()));
      }
    }
    return Map.of("answers", answers);
  }

  private Object deleteLetters(String pipeline) {
    letters.delete(pipeline);
    return Map.of();
  }

  private Object endPublications(String pipeline, boolean purge) {
    publications.end(pipeline, purge);
    return Map.of();
  }

  private Object caughtUp(String pipeline, JsonNode body) {
    long millis = body.path("timeout_ms").asLong(10_000);
    return progress.caughtUp(
        pipeline, Duration.ofMillis(Math.max(0, Math.min(millis, LONGEST_WAIT.toMillis()))));
  }

  private static int limit(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    if (query != null && query.matches("limit=[0-9]{1,6}")) {
      return Integer.parseInt(query.substring("limit=".length()));
    }
    return 20;
  }

  /** Ends the service; jobs run on. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("Cannot close a part of the engine", e);
      }
    }
  }
}
