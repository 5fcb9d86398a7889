package dev.backlot.capture.postgres;

import dev.backlot.capture.log.KafkaClients;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.embedded.PostgresBinaries;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.registry.SchemaStore;
import dev.backlot.spec.SpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * Real servers, shared by all tests of this JVM, and what tests need to capture with them: a source
 * database per test, a connection, a worker, and a reader of topics that shares no code with the
 * writer but Avro.
 */
final class CaptureBench {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static CaptureBench shared;

  final PostgresServer postgres;
  final KafkaServer kafka;
  final MetadataDatabase metadata;
  final SchemaStore schemas;
  final CaptureSession.Environment environment;

  private CaptureBench() {
    postgres =
        server()
            .setting("max_wal_senders", "40")
            .setting("max_replication_slots", "200")
            .setting("max_connections", "200")
            .setting("max_prepared_transactions", "10")
            .start();
    kafka = KafkaServer.temporary().start();
    // A standby that never confirms must stall the captured database's commits only.
    execute(
        "postgres",
        "CREATE DATABASE metadata",
        "ALTER DATABASE metadata SET synchronous_commit = 'local'");
    PlatformConfig.Database database =
        new PlatformConfig.Database(
            postgres.jdbcUrl("metadata"), postgres.user(), postgres.password());
    metadata = MetadataDatabase.open(database);
    environment = environment(database, metadata, kafka.bootstrapServers(), postgres.password());
    schemas = environment.schemas();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  kafka.close();
                  postgres.close();
                }));
  }

  /** Returns what a worker needs beside these servers. */
  static CaptureSession.Environment environment(
      PlatformConfig.Database database,
      MetadataDatabase metadata,
      String bootstrapServers,
      String password) {
    Path directory = temporary();
    PlatformConfig platform =
        new PlatformConfig(
            directory,
            directory,
            0,
            0,
            "token",
            database,
            bootstrapServers,
            Map.of(),
            (short) 1,
            Optional.empty(),
            "",
            Optional.empty(),
            "",
            Map.of(),
            directory,
            "",
            PlatformConfig.SignIn.DEFAULT,
            PlatformConfig.OwnSecrets.NONE);
    return new CaptureSession.Environment(
        platform,
        metadata,
        new SchemaStore(Map.of("bootstrap.servers", bootstrapServers), (short) 1),
        new KafkaClients(bootstrapServers, Map.of()),
        new Secrets(
            Map.of("BACKLOT_SECRET_TEST", password, "BACKLOT_SECRET_WRONG", "wrong"), directory));
  }

  /**
   * Prepares a server of the PostgreSQL that is tested: that in the jar that {@code
   * backlot.test.postgres} names, or the bundled one.
   */
  static PostgresServer.Builder server() {
    String jar = System.getProperty("backlot.test.postgres", "");
    PostgresServer.Builder server = PostgresServer.temporary();
    return jar.isEmpty() ? server : server.binaries(PostgresBinaries.fromJar(Path.of(jar)));
  }

  /** Returns the servers, started at first use. */
  static synchronized CaptureBench shared() {
    if (shared == null) {
      shared = new CaptureBench();
    }
    return shared;
  }

  /**
   * Creates a database for one test and returns its name, which serves as the connection's too.
   * Connections of earlier tests are no longer captured.
   */
  String newDatabase() {
    metadata.jdbi().useHandle(handle -> handle.execute("DELETE FROM document"));
    String name = "source" + DATABASES.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  void execute(String database, String... statements) {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a Connection document. */
  String document(String name, String include) {
    return document(name, postgres.port(), name, "BACKLOT_SECRET_TEST", include);
  }

  static String document(String name, int port, String database, String secret, String include) {
    return """
        {"apiVersion": "backlot/v1", "kind": "Connection", "name": "%s", "owner": "test",
         "type": "postgresql",
         "config": {"host": "127.0.0.1", "port": %d, "database": "%s", "user": "postgres",
                    "password": {"env": "%s"}},
         "tables": {"include": [%s]}}
        """
        .formatted(name, port, database, secret, include);
  }

  static ConnectionSpec spec(String document) {
    return (ConnectionSpec) SpecReader.read("", document).orThrow().get(0);
  }

  /** Applies a document as the controller would. */
  void apply(String name, String document) {
    spec(document);
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    INSERT INTO document (kind, name, revision, spec) VALUES ('Connection', ?, 1, CAST(? AS jsonb))
                    ON CONFLICT (kind, name) DO UPDATE SET revision = document.revision + 1, spec = excluded.spec
                    """,
                    name,
                    document));
  }

  void remove(String name) {
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "UPDATE document SET deleting = true WHERE kind = 'Connection' AND name = ?",
                    name));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                metadata.captures().status(name).orElseThrow().state()
                    == CaptureStore.State.REMOVED);
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "DELETE FROM document WHERE kind = 'Connection' AND name = ?", name));
  }

  CaptureWorker startWorker() {
    return CaptureWorker.start(environment);
  }

  void awaitStreaming(String... sources) {
    awaitStreaming(PATIENCE, sources);
  }

  void awaitStreaming(Duration patience, String... sources) {
    Awaitility.await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              for (String source : sources) {
                SourceStore.State state =
                    metadata
                        .sources()
                        .find(source)
                        .map(SourceStore.StoredSource::state)
                        .orElse(null);
                if (state != SourceStore.State.STREAMING) {
                  throw new AssertionError(source + " is " + state);
                }
              }
            });
  }

  /** Waits until Kafka has everything that is committed in the source now. */
  void drain(String connection) {
    var asked = metadata.captures().requestDrain(connection);
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> metadata.captures().drained(connection, asked));
  }

  /**
   * One record of a topic.
   *
   * @param key decoded, or null for a control record
   * @param value decoded; null for a tombstone or a fence
   */
  record Event(
      int partition,
      long offset,
      EventHeader header,
      GenericRecord key,
      GenericRecord value,
      ControlRecord control) {
    String op() {
      return value == null ? "" : value.get("op").toString();
    }

    GenericRecord after() {
      return (GenericRecord) value.get("after");
    }

    GenericRecord before() {
      return (GenericRecord) value.get("before");
    }
  }

  /** Reads a Source's topic from its beginning to its present end, partition by partition. */
  List<Event> read(String source) {
    String topic = metadata.sources().find(source).orElseThrow().descriptor().topic();
    return readTopic(topic);
  }

  /** Returns how many records a Source's topic has. */
  long records(String source) {
    String topic = metadata.sources().find(source).orElseThrow().descriptor().topic();
    try (KafkaConsumer<byte[], byte[]> consumer = environment.kafka().consumer("test")) {
      List<TopicPartition> partitions =
          IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
      return consumer.endOffsets(partitions).values().stream().mapToLong(end -> end).sum();
    }
  }

  List<Event> readTopic(String topic) {
    List<Event> events = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = environment.kafka().consumer("test")) {
      List<TopicPartition> partitions =
          IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          events.add(event(record));
        }
      }
    }
    events.sort(
        java.util.Comparator.comparingInt(Event::partition).thenComparingLong(Event::offset));
    return events;
  }

  private final Map<Integer, Schema> parsed = new HashMap<>();

  private Event event(ConsumerRecord<byte[], byte[]> record) {
    EventHeader header = EventHeader.decode(record.headers().lastHeader("backlot").value());
    if (header.isControl()) {
      ControlRecord control = ControlRecord.decode(record.key());
      GenericRecord value =
          control.kind() == ControlRecord.Kind.TRUNCATE ? decode(record.value()) : null;
      return new Event(record.partition(), record.offset(), header, null, value, control);
    }
    return new Event(
        record.partition(),
        record.offset(),
        header,
        record.key() == null ? null : decode(record.key()),
        record.value() == null ? null : decode(record.value()),
        null);
  }

  GenericRecord decode(byte[] framed) {
    int id = java.nio.ByteBuffer.wrap(framed, 1, 4).getInt();
    Schema schema =
        parsed.computeIfAbsent(id, i -> new Schema.Parser().parse(schemas.byId(i).orElseThrow()));
    try {
      return new GenericDatumReader<GenericRecord>(schema)
          .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Folds events to the newest row per key, dropping what a fence makes void. */
  static Map<String, String> latest(List<Event> events) {
    Map<Integer, Long> fences = new HashMap<>();
    Map<String, String> rows = new LinkedHashMap<>();
    Map<String, Integer> partitionOf = new HashMap<>();
    for (Event event : events) {
      long fence = fences.getOrDefault(event.partition(), 0L);
      if (event.header().generation() < fence) {
        continue;
      }
      fences.put(event.partition(), event.header().generation());
      if (event.control() != null) {
        if (event.control().kind() == ControlRecord.Kind.TRUNCATE) {
          rows.keySet().removeIf(k -> partitionOf.get(k) == event.partition());
        }
        continue;
      }
      String key = event.key().toString();
      partitionOf.put(key, event.partition());
      if (event.value() == null || event.op().equals("d")) {
        rows.remove(key);
      } else {
        rows.put(key, event.after().toString());
      }
    }
    return rows;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("backlot-capture-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
