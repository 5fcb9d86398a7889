package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericData;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroSerializationSchema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Confluent's own client, and Flink's (de)serializers over it, against our topics and registry. */
@OnSharedPlatform
class ConfluentClientIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MOVIES = "backlot.reg.reg.movie.1";

  private final SharedPlatform shared = SharedPlatform.get();
  private final String url = shared.platform().url() + "/registry";
  private final Map<String, String> token =
      Map.of(
          "basic.auth.credentials.source",
          "USER_INFO",
          "basic.auth.user.info",
          "token:" + shared.platform().platform().token());
  private final CachedSchemaRegistryClient client = new CachedSchemaRegistryClient(url, 100, token);

  @Test
  void rowsAreReadByBothSchemasOfATableThatChangedWhileNoControllerRan() throws Exception {
    execute(
        "CREATE SCHEMA reg",
        "CREATE TABLE reg.movie (movie_id bigint PRIMARY KEY, title text NOT NULL)",
        "INSERT INTO reg.movie VALUES (1, 'Heat'), (2, 'Ran'), (3, 'M')");
    Command command = shared.platform().command();
    assertThat(
            command
                .apply(
                    shared.connection("reg", "reg.movie")
                        + """
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: reg_movies
                        owner: tests
                        steps:
                          - {id: movies, source: reg.reg.movie}
                          - {id: out, sink: iceberg, from: movies, config: {table: reg.movies, commit_interval: 500ms}}
                        """)
                .exitCode())
        .isZero();
    Awaitility.await("the dump in the table")
        .atMost(PATIENCE)
        .until(() -> command.pipelineStatus("reg_movies").path("caught_up").asBoolean());
    SchemaMetadata first = client.getLatestSchemaMetadata(MOVIES + "-value");
    int key = client.getLatestSchemaMetadata(MOVIES + "-key").getId();
    assertThat(events(key)).hasSize(3).allMatch(event -> id(event.value()) == first.getId());

    ProcessHandle controller = shared.platform().platform().service("controller").orElseThrow();
    signal(controller, "STOP");
    try {
      execute("INSERT INTO reg.movie VALUES (4, 'Ida')");
      Awaitility.await("the job's commit without a controller")
          .atMost(PATIENCE)
          .until(() -> rowsInTable("reg/movies") == 4);
      execute(
          "ALTER TABLE reg.movie ADD COLUMN budget numeric(12,2)",
          "INSERT INTO reg.movie VALUES (5, 'Solaris', 12.50)");
      Awaitility.await("capture's new schema without a controller")
          .atMost(PATIENCE)
          .until(() -> events(key).stream().anyMatch(event -> id(event.value()) != first.getId()));
    } finally {
      signal(controller, "CONT");
    }

    SchemaMetadata second = client.getLatestSchemaMetadata(MOVIES + "-value");
    assertThat(second.getVersion()).isEqualTo(2);
    assertThat(client.getAllVersions(MOVIES + "-value")).containsExactly(1, 2);
    assertThat(rows(key, second)).hasSize(5);
    for (GenericRecord row : rows(key, second)) {
      long movie = (long) row.get("movie_id");
      Object expected = movie == 5 ? new BigDecimal("12.50") : null;
      assertThat(decimal(row.get("budget"))).as("budget of %s", movie).isEqualTo(expected);
    }
    assertThat(rows(key, first))
        .hasSize(5)
        .allMatch(row -> row.getSchema().getField("budget") == null)
        .extracting(row -> row.get("title").toString())
        .containsExactlyInAnyOrder("Heat", "Ran", "M", "Ida", "Solaris");
    assertThat(refused(() -> client.deleteSubject(MOVIES + "-value", false)).getErrorCode())
        .isEqualTo(42206);
    Awaitility.await("the new column in the table")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> command.number("SELECT count(budget) AS n FROM reg.movies_latest") == 1);
  }

  @Test
  void clientsRegisterUnderTheirSubjectsLevelAndReadBackWhatTheyWrote() throws Exception {
    Schema order = new Schema.Parser().parse(record("Order", "id", "long"));
    GenericRecord written = new GenericData.Record(order);
    written.put("id", 7L);

    byte[] bytes =
        ConfluentRegistryAvroSerializationSchema.forGeneric("orders-value", order, url, token)
            .serialize(written);

    assertThat(
            ConfluentRegistryAvroDeserializationSchema.forGeneric(order, url, token)
                .deserialize(bytes))
        .isEqualTo(written);
    assertThat(client.getSchemaById(id(bytes))).isEqualTo(new AvroSchema(order));
    assertThat(client.getId("orders-value", new AvroSchema(order))).isEqualTo(id(bytes));

    AvroSchema other = new AvroSchema(record("Order", "name", "string"));
    assertThat(client.testCompatibility("orders-value", other)).isFalse();
    assertThat(client.testCompatibilityVerbose("orders-value", other).get(0)).contains("'name'");
    RestClientException refusal = refused(() -> client.register("orders-value", other));
    assertThat(refusal.getStatus()).isEqualTo(409);
    assertThat(refusal.getMessage()).contains("BACKWARD", "'name'");
    client.updateConfig("orders-value", new Config("NONE"));
    assertThat(client.getConfig("orders-value").getCompatibilityLevel()).isEqualTo("NONE");
    client.register("orders-value", other);
    assertThat(client.getVersion("orders-value", other)).isEqualTo(2);
    assertThat(client.getSchemas("orders", false, true)).containsExactly(other);

    client.setMode("READONLY", "orders-value");
    assertThat(client.getMode("orders-value")).isEqualTo("READONLY");
    assertThat(
            refused(() -> client.register("orders-value", new AvroSchema("\"int\"")))
                .getErrorCode())
        .isEqualTo(42205);
    client.deleteMode("orders-value");
    client.deleteConfig("orders-value");
    assertThat(client.deleteSchemaVersion("orders-value", "1", false)).isEqualTo(1);
    assertThat(client.deleteSubject("orders-value", false)).containsExactly(2);
    assertThat(client.getAllSubjectsByPrefix("orders")).isEmpty();
    assertThat(client.getAllSubjects(true)).contains("orders-value");
    assertThat(client.deleteSubject("orders-value", true)).containsExactly(1, 2);
    assertThat(client.getAllSubjects(true)).doesNotContain("orders-value");
  }

  @Test
  void schemasThatReferToOthersAreResolvedByTheClient() throws Exception {
    String person = record("people.Person", "name", "string");
    client.register("person", new AvroSchema(person));
    SchemaReference reference = new SchemaReference("people.Person", "person", 1);
    AvroSchema film =
        new AvroSchema(
            record("Film", "director", "people.Person"),
            List.of(reference),
            Map.of("people.Person", person),
            null);

    int id = client.register("film", film);

    AvroSchema found =
        (AvroSchema)
            new CachedSchemaRegistryClient(url, 10, token).getSchemaBySubjectAndId("film", id);
    assertThat(found.rawSchema().getField("director").schema().getField("name")).isNotNull();
    assertThat(found.references()).containsExactly(reference);
    RestService rest = new RestService(url);
    rest.setHttpHeaders(Map.of("Authorization", "Bearer " + shared.platform().platform().token()));
    assertThat(rest.getReferencedBy("person", 1)).containsExactly(id);
    assertThat(rest.getOnlySchemaById(id)).contains("people.Person");
    assertThat(rest.getSchemaTypes()).containsExactly("AVRO");
    assertThat(rest.getAllContexts()).containsExactly(".");
    assertThat(rest.getClusterId().getScope()).containsKey("clusters");
    assertThat(rest.getSchemaRegistryServerVersion().getVersion()).isNotEmpty();
    assertThat(refused(() -> client.deleteSubject("person", false)).getErrorCode())
        .isEqualTo(42206);
    client.deleteSubject("film", false);
    client.deleteSubject("person", false);
  }

  private static RestClientException refused(ThrowingCallable call) {
    return catchThrowableOfType(RestClientException.class, call);
  }

  private static String record(String name, String field, String type) {
    return "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"%s\",\"type\":\"%s\"}]}"
        .formatted(name, field, type);
  }

  /** Returns the rows after each event, resolved to a schema. */
  private List<GenericRecord> rows(int keySchema, SchemaMetadata schema) throws Exception {
    ConfluentRegistryAvroDeserializationSchema<GenericRecord> deserializer =
        ConfluentRegistryAvroDeserializationSchema.forGeneric(
            new Schema.Parser().parse(schema.getSchema()), url, token);
    List<GenericRecord> rows = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> event : events(keySchema)) {
      rows.add((GenericRecord) deserializer.deserialize(event.value()).get("after"));
    }
    return rows;
  }

  /** Returns the topic's change events: a fence has another key, a tombstone no value. */
  private List<ConsumerRecord<byte[], byte[]>> events(int keySchema) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", "localhost:" + (shared.platform().port() + 2)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(MOVIES).stream()
              .map(partition -> new TopicPartition(MOVIES, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                record -> {
                  if (record.value() != null && id(record.key()) == keySchema) {
                    events.add(record);
                  }
                });
      }
    }
    return events;
  }

  private static int id(byte[] framed) {
    return ByteBuffer.wrap(framed).getInt(1);
  }

  private static Object decimal(Object bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer buffer = ((ByteBuffer) bytes).duplicate();
    byte[] unscaled = new byte[buffer.remaining()];
    buffer.get(unscaled);
    return new BigDecimal(new BigInteger(unscaled), 2);
  }

  /** Returns the rows of a table's newest snapshot, read from its files alone. */
  private long rowsInTable(String table) throws IOException {
    Path metadata =
        shared.platform().platform().dataDir().resolve("warehouse").resolve(table + "/metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      Optional<Path> newest =
          files
              .filter(file -> file.toString().endsWith(".metadata.json"))
              .max(Comparator.comparing(Path::getFileName));
      com.fasterxml.jackson.databind.JsonNode snapshots =
          new ObjectMapper().readTree(newest.orElseThrow().toFile()).path("snapshots");
      return snapshots.path(snapshots.size() - 1).at("/summary/total-records").asLong();
    }
  }

  private static void signal(ProcessHandle process, String signal) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  private void execute(String... statements) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
