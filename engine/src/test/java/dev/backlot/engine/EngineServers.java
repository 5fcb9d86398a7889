package dev.backlot.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.embedded.FlinkCluster;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.engine.api.DataPlaneApi;
import dev.backlot.engine.api.Preflight;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.registry.SchemaStore;
import dev.backlot.transport.DeadLetter;
import dev.backlot.transport.Letter;
import dev.backlot.transport.LetterFormat;
import dev.backlot.transport.LetterTopics;
import dev.backlot.transport.OriginalRecord;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A whole data plane with its servers, in which the tests play capture. */
final class EngineServers implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "token-of-the-tests";

  final PostgresServer postgres;
  final KafkaServer kafka;
  final FlinkCluster flink;
  final MetadataDatabase metadata;
  final SchemaStore schemas;
  final LakeCatalog lake;
  final DataPlaneApi api;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService capture = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean draining = true;

  EngineServers() throws Exception {
    postgres = PostgresServer.temporary().start();
    kafka = KafkaServer.temporary().start();
    flink = FlinkCluster.temporary().slots(4).start();
    Path data = Files.createTempDirectory("backlot-engine-");
    PlatformConfig config = config(data);
    api =
        DataPlaneApi.start(
            config,
            new NothingMissing(),
            (connection, read) -> new QueryAnswer(List.of(), List.of(), List.of()));
    metadata = MetadataDatabase.open(config.metadata());
    schemas = new SchemaStore(Map.of("bootstrap.servers", kafka.bootstrapServers()), (short) 1);
    lake = LakeCatalog.open(LakeSettings.of(config));
    capture.scheduleWithFixedDelay(this::drain, 10, 10, TimeUnit.MILLISECONDS);
  }

  private PlatformConfig config(Path data) {
    return new PlatformConfig(
        data,
        data.resolve("secrets"),
        0,
        0,
        TOKEN,
        new PlatformConfig.Database(postgres.jdbcUrl(), postgres.user(), postgres.password()),
        kafka.bootstrapServers(),
        Map.of(),
        (short) 1,
        Optional.empty(),
        flink.restUrl(),
        Optional.empty(),
        data.resolve("warehouse").toUri().toString(),
        Map.of(),
        data,
        "",
        PlatformConfig.SignIn.DEFAULT,
        PlatformConfig.OwnSecrets.NONE);
  }

  private void drain() {
    if (draining) {
      metadata
          .captures()
          .openDrain("studio")
          .ifPresent(at -> metadata.captures().setDrained("studio", at));
    }
  }

  /** Says whether the tests' capture answers requests to drain. */
  void draining(boolean answers) {
    draining = answers;
  }

  JsonNode call(String method, String path, String body) throws Exception {
    HttpResponse<String> response = send(method, path, body, TOKEN);
    return JSON.readTree(response.body());
  }

  HttpResponse<String> send(String method, String path, String body, String token)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + "/v1" + path))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Plans a pipeline given in YAML. */
  JsonNode plan(String yaml) throws Exception {
    return call("POST", "/plans", JSON.writeValueAsString(Map.of("pipeline", yaml)));
  }

  /** Plans a pipeline and makes it run; returns the job's id. */
  String deploy(String pipeline, String yaml) throws Exception {
    return deploy(pipeline, yaml, plan -> plan);
  }

  /** As {@link #deploy}, with a plan that the test has changed. */
  String deploy(String pipeline, String yaml, UnaryOperator<JsonNode> change) throws Exception {
    JsonNode planned = plan(yaml);
    if (!planned.has("plan")) {
      throw new AssertionError(planned.toPrettyString());
    }
    JsonNode answer = put(pipeline, change.apply(planned.get("plan")));
    if (!answer.has("job_id")) {
      throw new AssertionError(answer.toPrettyString());
    }
    return answer.get("job_id").asText();
  }

  /** Makes a plan run and returns the answer, be it a job or a problem. */
  JsonNode put(String pipeline, JsonNode plan) throws Exception {
    return call(
        "PUT", "/jobs/" + pipeline, JSON.writeValueAsString(Map.of("plan", plan, "revision", 1)));
  }

  JsonNode job(String pipeline) throws Exception {
    for (JsonNode job : call("GET", "/jobs", "")) {
      if (job.path("pipeline").asText().equals(pipeline)) {
        return job;
      }
    }
    return JSON.createObjectNode();
  }

  /** Returns what a pipeline's only table shows of heartbeats, as soon as somebody has looked. */
  Optional<Shown> heartbeat(String pipeline) {
    return metadata.heartbeats().shown().stream()
        .filter(shown -> shown.pipeline().equals(pipeline))
        .findFirst();
  }

  boolean caughtUp(String pipeline, long millis) throws Exception {
    return call("POST", "/pipelines/" + pipeline + "/caught-up", "{\"timeout_ms\":" + millis + "}")
        .path("caught_up")
        .asBoolean();
  }

  List<Record> rows(String table) throws Exception {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(lake.load(TableName.parse(table))).build()) {
      records.forEach(rows::add);
    }
    return rows;
  }

  void deleteTopic(String topic) throws Exception {
    try (Admin admin = Admin.create(kafkaClient())) {
      admin.deleteTopics(List.of(topic)).all().get();
    }
  }

  private Map<String, Object> kafkaClient() {
    return Map.of("bootstrap.servers", kafka.bootstrapServers());
  }

  /** Writes a letter of a record at the offset of a Source's second partition. */
  void forgeLetter(String pipeline, String step, TestSource source, long offset) throws Exception {
    TopicPartition partition = new TopicPartition(source.topic, 1);
    Letter letter;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafkaClient(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, offset);
      ConsumerRecord<byte[], byte[]> record =
          consumer.poll(Duration.ofSeconds(10)).iterator().next();
      DeadLetter failure =
          new DeadLetter(
              step,
              source.name,
              1,
              1,
              offset,
              ProblemCode.JOB_FAILED,
              "it failed once",
              Instant.now());
      letter = new Letter(failure, 1, "", Instant.now(), OriginalRecord.of(record));
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafkaClient(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(LetterFormat.record(LetterTopics.letters(pipeline), letter)).get();
    }
  }

  @Override
  public void close() {
    capture.shutdownNow();
    api.close();
    lake.close();
    schemas.close();
    metadata.close();
    flink.close();
    kafka.close();
    postgres.close();
  }

  /** Engines under test are asked about no connection. */
  private static final class NothingMissing implements Preflight {
    @Override
    public Result check(ConnectionSpec connection) {
      return new Result(List.of(), List.of(), List.of());
    }

    @Override
    public void checkup(ConnectionSpec connection, Consumer<CheckupEvent> listener) {}
  }
}
