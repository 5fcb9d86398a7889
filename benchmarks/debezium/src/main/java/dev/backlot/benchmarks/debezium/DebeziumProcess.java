package dev.backlot.benchmarks.debezium;

import dev.backlot.benchmarks.child.Commands;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Runs Debezium's embedded engine, PostgreSQL to Kafka as Avro. Its settings stand in
 * debezium.properties beside this class; the producer's come from the parent, which gives it those
 * of the other side. Commands: {@code start KEY=VALUE…}, {@code stop}, {@code incremental}, which
 * waits for the end of an incremental snapshot and answers how many rows it has read and sent,
 * {@code drained}, which waits for the next row of the table of signals that says {@code drain}.
 *
 * <p>Records are sent asynchronously, as Kafka Connect's worker does: back-pressure comes from the
 * producer's buffer, and a batch is never waited for.
 */
public final class DebeziumProcess {
  private static final Duration STARTING = Duration.ofSeconds(60);

  /** Where a table's changes go; the rows of its table of signals are not the benchmark's. */
  private static final String TABLE = ".public.item";

  private final KafkaProducer<byte[], byte[]> producer;
  private final ConnectAvro avro = new ConnectAvro();
  private final Signals signals = new Signals();
  private volatile @Nullable Throwable failure;
  private @Nullable DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private @Nullable Thread thread;

  private DebeziumProcess(Map<String, Object> producerConfig) {
    this.producer =
        new KafkaProducer<>(producerConfig, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Takes the producer's properties from those of the JVM that begin with "producer.". */
  public static void main(String[] arguments) throws IOException {
    Map<String, Object> config = new java.util.TreeMap<>();
    System.getProperties()
        .forEach(
            (name, value) -> {
              if (name.toString().startsWith("producer.")) {
                config.put(name.toString().substring("producer.".length()), value);
              }
            });
    DebeziumProcess process = new DebeziumProcess(config);
    Commands.serve(
        Map.of(
            "start",
            process::start,
            "stop",
            process::stop,
            "incremental",
            words -> process.await(process.signals::awaitSnapshot),
            "drained",
            words -> process.await(process.signals::awaitDrain)));
    process.stop(new String[0]);
    System.exit(0);
  }

  private String start(String[] settings) throws Exception {
    Properties properties = new Properties();
    try (InputStream in = DebeziumProcess.class.getResourceAsStream("debezium.properties")) {
      properties.load(in);
    }
    for (String setting : settings) {
      String[] pair = setting.split("=", 2);
      properties.setProperty(pair[0], pair[1]);
    }
    if (properties.getProperty("snapshot.mode", "").equals("initial_only")) {
      Files.deleteIfExists(Path.of(properties.getProperty("offset.storage.file.filename")));
    }
    CountDownLatch started = new CountDownLatch(1);
    failure = null;
    DebeziumEngine<RecordChangeEvent<SourceRecord>> created =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(properties)
            .using(
                new DebeziumEngine.ConnectorCallback() {
                  @Override
                  public void pollingStarted() {
                    started.countDown();
                  }
                })
            .using(
                (success, message, error) -> {
                  if (!success) {
                    failure = error == null ? new IllegalStateException(message) : error;
                  }
                  started.countDown();
                })
            .notifying(this::send)
            .build();
    engine = created;
    Thread running = new Thread(created, "engine");
    thread = running;
    running.start();
    if (!started.await(STARTING.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the engine did not start");
    }
    check();
    return "started";
  }

  private String stop(String[] nothing) throws IOException {
    producer.flush();
    DebeziumEngine<RecordChangeEvent<SourceRecord>> running = engine;
    engine = null;
    if (running != null) {
      running.close();
    }
    Thread ending = thread;
    if (ending != null) {
      try {
        ending.join(30_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    check();
    return "stopped";
  }

  private String await(Callable<String> answer) throws Exception {
    String given = answer.call();
    check();
    return given;
  }

  private void check() {
    Throwable cause = failure;
    if (cause != null) {
      throw new IllegalStateException("Debezium failed: " + cause, cause);
    }
  }

  private void send(
      List<RecordChangeEvent<SourceRecord>> events,
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    for (RecordChangeEvent<SourceRecord> event : events) {
      SourceRecord record = event.record();
      if (!record.topic().endsWith(TABLE)) {
        signals.take(record, producer::flush);
        continue;
      }
      signals.count(record);
      producer.send(
          new ProducerRecord<>(
              record.topic(),
              avro.write(record.keySchema(), record.key()),
              avro.write(record.valueSchema(), record.value())),
          (metadata, error) -> {
            if (error != null) {
              failure = error;
            }
          });
    }
    committer.markProcessed(events.get(events.size() - 1));
    committer.markBatchFinished();
  }
}
