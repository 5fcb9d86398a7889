package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.ControlRecord;
import dev.backlot.event.Position;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Owners die and lose their leases; each log event is in the topic exactly once. */
class ResumeIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void each_log_event_is_written_exactly_once_over_three_deaths() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, n int)",
        "INSERT INTO deal SELECT i, 0 FROM generate_series(1, 20000) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    CompletableFuture<Void> writer = null;
    long seen = 0;
    for (int death = 0; death < 3; death++) {
      CaptureWorker worker = bench.startWorker();
      if (writer == null) {
        awaitRunning(name);
        writer = CompletableFuture.runAsync(() -> write(name, stop, written));
      }
      long before = seen;
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> changesIn(source) > before + 100);
      worker.abandon();
      seen = changesIn(source);
    }
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      stop.set(true);
      writer.get();
      bench.drain(name);
      List<CaptureBench.Event> events = valid(bench.read(source));
      Map<String, Integer> counts = new HashMap<>();
      Map<Integer, Position> positions = new HashMap<>();
      int updates = 0;
      for (CaptureBench.Event event : events) {
        Position last = positions.put(event.partition(), event.header().position());
        if (!event.op().equals("u")) {
          continue;
        }
        assertThat(event.header().position()).isGreaterThan(last == null ? Position.START : last);
        updates++;
        String key = event.key().toString();
        int n = (Integer) event.after().get("n");
        assertThat(n).as(key).isEqualTo(counts.getOrDefault(key, 0) + 1);
        counts.put(key, n);
      }
      assertThat(updates).isEqualTo(written.get()).isGreaterThan(1_000);
      assertThat(events.stream().map(e -> e.header().generation()).distinct().count())
          .isGreaterThanOrEqualTo(4);
    }
  }

  private void awaitRunning(String name) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .until(
            () ->
                bench
                    .metadata
                    .captures()
                    .status(name)
                    .map(s -> s.state() == CaptureStore.State.RUNNING)
                    .orElse(false));
  }

  private long changesIn(String source) {
    if (bench.metadata.sources().find(source).isEmpty()) {
      return 0;
    }
    return valid(bench.read(source)).stream().filter(e -> e.op().equals("u")).count();
  }

  private static List<CaptureBench.Event> valid(List<CaptureBench.Event> events) {
    Map<Integer, Long> fences = new HashMap<>();
    List<CaptureBench.Event> valid = new ArrayList<>();
    for (CaptureBench.Event event : events) {
      if (event.header().generation() < fences.getOrDefault(event.partition(), 0L)) {
        continue;
      }
      if (event.control() != null) {
        fences.put(event.partition(), event.header().generation());
      } else {
        valid.add(event);
      }
    }
    return valid;
  }

  private void write(String name, AtomicBoolean stop, AtomicInteger written) {
    try (Connection connection = bench.postgres.connect(name);
        PreparedStatement update =
            connection.prepareStatement("UPDATE deal SET n = n + 1 WHERE id = ?")) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        for (int i = 0; i < 5; i++) {
          update.setInt(1, written.incrementAndGet() % 50 + 1);
          update.executeUpdate();
        }
        connection.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_lost_slot_or_topic_is_said_and_never_passed_over() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY)", "INSERT INTO deal VALUES (1)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      bench.drain(name);
    }
    bench.execute(name, "SELECT pg_drop_replication_slot('backlot_" + name + "')");

    try (CaptureWorker worker = bench.startWorker()) {
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.metadata.captures().status(name).orElseThrow())
                      .matches(s -> s.state() == CaptureStore.State.FAILED)
                      .matches(s -> s.code().equals("CONNECTION_SLOT_LOST"))
                      .matches(s -> s.reason().contains("was dropped")));
      bench.remove(name);
      bench.apply(name, bench.document(name, "\"public.deal\""));
      bench.awaitStreaming(name + ".public.deal");
      assertThat(
              bench
                  .metadata
                  .sources()
                  .find(name + ".public.deal")
                  .orElseThrow()
                  .descriptor()
                  .epoch())
          .isEqualTo(2);
    }
  }

  @Test
  void a_topic_that_lost_what_was_acknowledged_is_said_and_never_passed_over() throws Exception {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY)", "INSERT INTO deal VALUES (1)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String topic;
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      bench.drain(name);
      topic =
          bench.metadata.sources().find(name + ".public.deal").orElseThrow().descriptor().topic();
    }
    try (var admin = bench.environment.kafka().admin("test")) {
      admin.deleteTopics(List.of(topic)).all().get();
    }

    try (CaptureWorker worker = bench.startWorker()) {
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.metadata.captures().status(name).orElseThrow())
                      .matches(s -> s.state() == CaptureStore.State.FAILED)
                      .matches(s -> s.code().equals("KAFKA_DATA_LOST"))
                      .matches(s -> s.reason().contains(topic)));
      bench.execute(name, "DELETE FROM deal");

      assertThat(bench.metadata.captures().requestRecapture(name)).isTrue();

      SourceDescriptor anew =
          Awaitility.await()
              .atMost(CaptureBench.PATIENCE)
              .until(
                  () -> bench.metadata.sources().find(name + ".public.deal"),
                  found ->
                      found
                          .filter(source -> source.descriptor().epoch() == 2)
                          .filter(source -> source.state() == SourceStore.State.STREAMING)
                          .isPresent())
              .orElseThrow()
              .descriptor();
      assertThat(bench.readTopic(anew.topic()))
          .as("rows of the first epoch end, though the table is empty")
          .filteredOn(event -> event.control() != null)
          .extracting(event -> event.control().kind())
          .filteredOn(ControlRecord.Kind.TRUNCATE::equals)
          .hasSize(anew.partitions());
      bench.execute(name, "INSERT INTO deal VALUES (2)");
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.readTopic(anew.topic()))).hasSize(1);
      assertThat(bench.metadata.captures().recaptureRequested(name)).isFalse();
    }
  }
}
