package dev.backlot.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backlot.embedded.KafkaServer;
import dev.backlot.model.ProblemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientRegistryIT {
  @TempDir static Path directory;
  private static KafkaServer kafka;

  @BeforeAll
  static void start() {
    kafka = KafkaServer.at(directory.resolve("kafka")).start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void ofIncompatibleSchemasThatTwoRegistriesGetAtOnceOneIsRegistered() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (SchemaStore first = store("race");
        SchemaStore second = store("race")) {
      List<ClientRegistry> registries = List.of(registry(first), registry(second));
      for (int round = 0; round < 15; round++) {
        String subject = "race-" + round;
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          ClientRegistry registry = registries.get(i % 2);
          String schema = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"S" + i + "\"]}";
          tasks.add(
              () -> {
                try {
                  registry.register(subject, SchemaRequest.of(schema));
                  return "registered";
                } catch (RefusedException e) {
                  return e.refusal().name();
                }
              });
        }
        List<String> outcomes = new ArrayList<>();
        for (Future<String> outcome : threads.invokeAll(tasks)) {
          outcomes.add(outcome.get());
        }

        assertThat(outcomes)
            .containsExactlyInAnyOrder(
                "registered", "INCOMPATIBLE", "INCOMPATIBLE", "INCOMPATIBLE");
        assertThat(versions(first, subject)).hasSize(1);
        assertThat(versions(second, subject)).isEqualTo(versions(first, subject));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noRecordHasAnothersKeyOrIsEmptySoThatCompactionTakesNothing() {
    try (SchemaStore store = store("keys")) {
      ClientRegistry registry = registry(store);
      for (int i = 0; i < 2; i++) {
        registry.setLevel(Optional.of("t"), CompatibilityLevel.NONE);
        registry.setLevel(Optional.empty(), CompatibilityLevel.FULL);
        registry.clearLevel(Optional.empty());
        registry.setMode(Optional.of("t"), SubjectMode.READONLY);
        registry.clearMode(Optional.of("t"));
        registry.register("t", SchemaRequest.of("\"int\""));
        registry.register("t", SchemaRequest.of("\"string\""));
        registry.deleteVersion("t", "latest", false);
        registry.deleteSubject("t", false);
        registry.deleteSubject("t", true);
      }

      List<ConsumerRecord<byte[], byte[]>> records = records("_schemas_keys");
      Set<String> keys = new HashSet<>();
      records.forEach(record -> keys.add(new String(record.key(), StandardCharsets.UTF_8)));
      assertThat(records).hasSize(20).allMatch(record -> record.value() != null);
      assertThat(keys).hasSize(20);
    }
  }

  @Test
  void captureRegistersWhateverLevelAndModeSay() {
    try (SchemaStore store = store("capture")) {
      ClientRegistry registry = registry(store);
      store.register("t-value", record("a", "int"));
      registry.setLevel(Optional.of("t-value"), CompatibilityLevel.FULL_TRANSITIVE);
      registry.setMode(Optional.of("t-value"), SubjectMode.READONLY);

      int id = store.register("t-value", record("b", "string"));

      try (SchemaStore fresh = store("capture")) {
        assertThat(versions(fresh, "t-value")).isEqualTo(versions(store, "t-value")).hasSize(2);
        CompatibilityLevel level = fresh.read(index -> index.level("t-value"));
        SubjectMode mode = fresh.read(index -> index.mode("t-value"));
        assertThat(level).isEqualTo(CompatibilityLevel.FULL_TRANSITIVE);
        assertThat(mode).isEqualTo(SubjectMode.READONLY);
      }
      assertThat(registry.byId(id).orElseThrow().version()).isEqualTo(2);
      assertThat(refusal(() -> registry.register("t-value", request(record("c", "long")))))
          .isEqualTo(Refusal.NOT_PERMITTED);
      registry.setMode(Optional.of("t-value"), SubjectMode.READWRITE);
      assertThat(refusal(() -> registry.register("t-value", request(record("c", "long")))))
          .isEqualTo(Refusal.INCOMPATIBLE);
      assertThat(registry.register("t-value", request(record("b", "string"))).id()).isEqualTo(id);
    }
  }

  @Test
  void aSchemaOf1600ColumnsIsRegisteredJudgedAndReadByEveryStore() {
    Schema wide = wide(1_600);
    try (SchemaStore store = store("wide");
        SchemaStore other = store("wide")) {
      int id = store.register("wide-value", wide);

      ClientRegistry registry = registry(other);
      assertThat(other.byId(id)).contains(wide.toString());
      assertThat(registry.lookUp("wide-value", request(wide), false).id()).isEqualTo(id);
      assertThat(registry.incompatibilities("wide-value", request(wide(1_601)))).isEmpty();
      assertThat(registry.register("wide-value", request(wide(1_601))).version()).isEqualTo(2);
      String tooLarge = "{\"type\":\"string\",\"note\":\"" + "x".repeat(5 << 20) + "\"}";
      assertThat(refusal(() -> registry.register("huge", SchemaRequest.of(tooLarge))))
          .isEqualTo(Refusal.SCHEMA_TOO_LARGE);
    }
  }

  @Test
  void aSchemaBuildsOnOthersWhichStayForAsLongAsItDoes() {
    String base =
        "{\"type\":\"record\",\"name\":\"base.B\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}";
    String middle =
        "{\"type\":\"record\",\"name\":\"M\",\"fields\":[{\"name\":\"b\",\"type\":\"base.B\"}]}";
    String top =
        "{\"type\":\"record\",\"name\":\"T\",\"fields\":[{\"name\":\"m\",\"type\":\"M\"},"
            + "{\"name\":\"b\",\"type\":\"base.B\"}]}";
    try (SchemaStore store = store("references")) {
      ClientRegistry registry = registry(store);
      registry.register("base", SchemaRequest.of(base));
      registry.register("middle", request(middle, new SchemaReference("base.B", "base", -1)));
      registry.register("top", request(top, new SchemaReference("M", "middle", 1)));

      RegisteredSchema found = registry.read(index -> index.latest("top").orElseThrow());
      assertThat(found.avro()).doesNotContain("\"x\"");
      assertThat(registry.read(index -> index.latest("middle").orElseThrow()).references())
          .containsExactly(new SchemaReference("base.B", "base", 1));
      assertThat(registry.incompatibilities("top", SchemaRequest.of("\"int\""))).isNotEmpty();
      assertThat(
              refusal(
                  () -> registry.register("lost", request(top, new SchemaReference("M", "no", 1)))))
          .isEqualTo(Refusal.INVALID_SCHEMA);
      assertThat(refusal(() -> registry.deleteSubject("base", false))).isEqualTo(Refusal.IN_USE);
      registry.deleteSubject("top", false);
      registry.deleteSubject("middle", false);
      registry.deleteSubject("base", false);
      assertThat(refusal(() -> registry.deleteSubject("base", true))).isEqualTo(Refusal.IN_USE);
    }
  }

  @Test
  void whatThePlatformNeedsIsNotDeleted() {
    try (SchemaStore store = store("needed")) {
      ClientRegistry registry =
          new ClientRegistry(
              store, subject -> subject.equals("t") ? Optional.of("Source 's'") : Optional.empty());
      registry.register("t", SchemaRequest.of("\"int\""));

      assertThatThrownBy(() -> registry.deleteSubject("t", false))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("used by Source 's'");
      assertThat(refusal(() -> registry.deleteVersion("t", "1", false))).isEqualTo(Refusal.IN_USE);
    }
  }

  @Test
  void withoutKafkaKnownIdsAreServedAndAllElseFailsInTime() throws Exception {
    KafkaServer server = KafkaServer.temporary().start();
    int port = server.port();
    try (SchemaStore store =
        new SchemaStore(
            Map.of("bootstrap.servers", server.bootstrapServers()),
            (short) 1,
            Duration.ofSeconds(3))) {
      ClientRegistry registry = registry(store);
      int id = registry.register("t", SchemaRequest.of("\"int\"")).id();
      server.stop();

      ExecutorService threads = Executors.newFixedThreadPool(6);
      List<Callable<Throwable>> tasks = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        tasks.add(
            () ->
                catchThrowableOfType(
                    ProblemException.class,
                    () -> registry.register("t", SchemaRequest.of("\"long\""))));
      }
      long begin = System.nanoTime();
      for (Future<Throwable> failure : threads.invokeAll(tasks)) {
        assertThat(failure.get()).hasMessageContaining("Kafka");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
      assertThat(registry.byId(id)).isPresent();
      threads.shutdownNow();

      server = server.startAgain();
      assertThat(server.port()).isEqualTo(port);
      assertThat(registry.register("t", SchemaRequest.of("\"int\"")).id()).isEqualTo(id);
    } finally {
      server.close();
    }
  }

  private static Refusal refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(RefusedException.class, call).refusal();
  }

  private static ClientRegistry registry(SchemaStore store) {
    return new ClientRegistry(store, subject -> Optional.empty());
  }

  private static List<RegisteredSchema> versions(SchemaStore store, String subject) {
    return store.read(index -> index.versions(subject));
  }

  private static SchemaStore store(String topic) {
    return new SchemaStore(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        (short) 1,
        SchemaStore.PATIENCE,
        "_schemas_" + topic);
  }

  private static SchemaRequest request(Schema schema) {
    return SchemaRequest.of(schema.toString());
  }

  private static SchemaRequest request(String avro, SchemaReference reference) {
    return new SchemaRequest(avro, List.of(reference), OptionalInt.empty(), OptionalInt.empty());
  }

  private static Schema record(String field, String type) {
    return SchemaBuilder.record("R").fields().name(field).type(type).noDefault().endRecord();
  }

  private static Schema wide(int columns) {
    SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("studio.Wide").fields();
    for (int i = 0; i < columns; i++) {
      fields =
          fields
              .name("a_column_with_a_rather_long_name_" + i)
              .doc("Column number " + i + " of a table that is as wide as PostgreSQL lets it be")
              .prop("backlot.name", "A column with a rather long name " + i)
              .type(
                  Schema.createUnion(
                      Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING)))
              .withDefault(null);
    }
    return fields.endRecord();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long end = consumer.endOffsets(Set.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
