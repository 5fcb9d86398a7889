package dev.backlot.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.embedded.KafkaServer;
import dev.backlot.event.Confluent;
import dev.backlot.event.Partitioning;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaStoreIT {
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
  void aSchemaHasOneIdInEverySubjectAndEveryStoreFindsIt() {
    try (SchemaStore first = store("one_id");
        SchemaStore second = store("one_id")) {
      Schema a = schema("a");
      Schema b = schema("b");
      int idOfA = first.register("t-value", a);
      int idOfB = first.register("t-value", b);

      assertThat(second.register("t-value", a)).isEqualTo(idOfA);
      assertThat(second.register("u-value", a)).isEqualTo(idOfA);
      assertThat(idOfB).isNotEqualTo(idOfA);
      assertThat(second.byId(idOfB)).contains(b.toString());
      assertThat(second.byId(9999)).isEmpty();
      assertThat(versions(first, "t-value"))
          .containsExactly(
              new RegisteredSchema("t-value", 1, idOfA, a.toString(), List.of(), false),
              new RegisteredSchema("t-value", 2, idOfB, b.toString(), List.of(), false));
      assertThat(versions(first, "other")).isEmpty();
      assertThat(first.<Set<String>>read(SchemaIndex::subjects))
          .containsExactly("t-value", "u-value");
      assertThat(first.read(index -> index.uses(idOfA)).stream().map(RegisteredSchema::subject))
          .containsExactly("t-value", "u-value");
    }
  }

  @Test
  void storesThatRegisterTheSameSchemasAtOnceAgreeOnTheirIds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<List<Integer>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tasks.add(
            () -> {
              try (SchemaStore store = store("at_once")) {
                List<Integer> ids = new ArrayList<>();
                for (int k = 0; k < 10; k++) {
                  ids.add(store.register("t-value", schema("c" + k)));
                }
                return ids;
              }
            });
      }
      List<List<Integer>> answers = new ArrayList<>();
      for (Future<List<Integer>> answer : threads.invokeAll(tasks)) {
        answers.add(answer.get());
      }

      assertThat(new HashSet<>(answers)).hasSize(1);
      try (SchemaStore store = store("at_once")) {
        assertThat(versions(store, "t-value").stream().map(RegisteredSchema::version))
            .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(versions(store, "t-value").stream().map(RegisteredSchema::id))
            .containsExactlyInAnyOrderElementsOf(answers.get(0));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theBrokersRestartLosesNoSchemaAndNoStore() {
    try (SchemaStore store = store("restart")) {
      int id = store.register("t-value", schema("before"));
      int port = Integer.parseInt(kafka.bootstrapServers().replaceAll(".*:", ""));
      kafka.close();
      kafka = KafkaServer.at(directory.resolve("kafka")).port(port).start();

      int next = store.register("t-value", schema("after"));

      assertThat(next).isGreaterThan(id);
      try (SchemaStore fresh = store("restart")) {
        assertThat(fresh.byId(id)).contains(schema("before").toString());
        assertThat(fresh.byId(next)).contains(schema("after").toString());
      }
    }
  }

  @Test
  void aThreadThatIsInterruptedWhileItReadsGivesUpAtOnce() throws Exception {
    Map<String, String> nobody = Map.of("bootstrap.servers", "localhost:1");
    try (SchemaStore store = new SchemaStore(nobody, (short) 1, Duration.ofMinutes(1))) {
      AtomicReference<RuntimeException> failure = new AtomicReference<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  store.read(SchemaIndex::subjects);
                } catch (RuntimeException e) {
                  failure.set(e);
                }
              });
      reader.start();
      Awaitility.await("the reader asks Kafka")
          .until(
              () ->
                  Arrays.stream(reader.getStackTrace())
                      .anyMatch(frame -> frame.getMethodName().equals("listTopics")));

      reader.interrupt();

      reader.join(Duration.ofSeconds(20).toMillis());
      assertThat(reader.isAlive()).isFalse();
      assertThat(failure.get())
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("interrupted");
    }
  }

  @Test
  void partitionsAreThoseOfKafkasOwnPartitioner() {
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      byte[] framed = new byte[Confluent.FRAME + random.nextInt(40)];
      random.nextBytes(framed);
      byte[] body = Arrays.copyOfRange(framed, Confluent.FRAME, framed.length);

      assertThat(Partitioning.partition(framed, 7))
          .isEqualTo(BuiltInPartitioner.partitionForKey(body, 7));
    }
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

  private static Schema schema(String column) {
    return AvroSchemas.envelope(
        new RowSchema(
            "studio.public.t",
            List.of(
                Field.required("id", FieldType.Simple.LONG),
                Field.nullable(column, FieldType.Text.PLAIN)),
            List.of("id")));
  }
}
