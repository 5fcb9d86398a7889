package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.ControlRecord;
import dev.backlot.metadata.HeartbeatStore.Beat;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HeartbeatIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void each_heartbeat_stands_in_every_partition_between_what_was_committed_before_and_after() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE tick (id bigint PRIMARY KEY)",
        "CREATE TABLE still (id int PRIMARY KEY)");
    bench.apply(name, document(name, "1s"));
    String busy = name + ".public.tick";
    String idle = name + ".public.still";
    AtomicBoolean stop = new AtomicBoolean();
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(busy, idle);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> count(name, stop));
      awaitBeats(name, 4);
      stop.set(true);
      writer.join();
      bench.drain(name);
    }

    List<Beat> beats = bench.metadata.heartbeats().since(name, 0);
    assertThat(beats.stream().map(Beat::operation).limit(4))
        .containsExactly("create", "update", "delete", "create");
    assertThat(beats.stream().map(Beat::sequence).limit(4)).containsExactly(1L, 2L, 3L, 4L);
    List<CaptureBench.Event> events = bench.read(busy);
    for (Beat beat : beats) {
      assertThat(beat.offsets()).hasSize(2);
      assertThat(beat.writtenAt()).isAfterOrEqualTo(beat.committedAt().minusSeconds(1));
      List<Long> offsets = beat.offsets().get(topic(busy));
      long highestBefore = 0;
      long lowestAfter = Long.MAX_VALUE;
      for (CaptureBench.Event event : events) {
        boolean before = event.offset() < offsets.get(event.partition());
        if (event.offset() == offsets.get(event.partition())) {
          assertThat(event.control()).isEqualTo(ControlRecord.MARK);
        } else if (event.key() != null && before) {
          highestBefore = Math.max(highestBefore, (Long) event.key().get("id"));
        } else if (event.key() != null) {
          lowestAfter = Math.min(lowestAfter, (Long) event.key().get("id"));
        }
      }
      // One row a transaction, in the order of their numbers: the mark cuts them at one place.
      assertThat(highestBefore).isLessThan(lowestAfter);
    }
    assertThat(bench.metadata.heartbeats().marks(topic(idle)))
        .isEqualTo(4L * beats.size())
        .isEqualTo(bench.read(idle).stream().filter(HeartbeatIT::isMark).count());
  }

  @Test
  void a_new_owner_continues_their_numbers_and_writes_nothing_twice() {
    String name = bench.newDatabase();
    bench.execute(
        name, "CREATE TABLE still (id int PRIMARY KEY)", "INSERT INTO still VALUES (1), (2), (3)");
    bench.apply(name, document(name, "1s"));
    String source = name + ".public.still";
    CaptureWorker first = bench.startWorker();
    bench.awaitStreaming(source);
    awaitBeats(name, 2);
    bench.execute(name, "UPDATE still SET id = id + 10");
    bench.drain(name);
    awaitBeats(name, 3);
    first.abandon();
    long known = bench.metadata.heartbeats().lastSequence(name);
    try (CaptureWorker second = bench.startWorker()) {
      awaitBeats(name, known + 2);
      bench.execute(name, "DELETE FROM still WHERE id = 11");
      bench.drain(name);
    }

    List<Long> numbers =
        bench.metadata.heartbeats().since(name, 0).stream().map(Beat::sequence).toList();
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    List<CaptureBench.Event> events = bench.read(source);
    assertThat(CaptureBench.latest(events)).hasSize(2);
    Map<String, Integer> changes = new HashMap<>();
    events.stream()
        .filter(event -> event.key() != null && !event.op().isEmpty() && !event.op().equals("r"))
        .forEach(event -> changes.merge(event.op() + event.key(), 1, Integer::sum));
    assertThat(changes.values()).containsOnly(1);
  }

  @Test
  void there_is_none_when_the_document_says_off_and_one_again_when_it_no_longer_does() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE still (id int PRIMARY KEY)", "INSERT INTO still VALUES (1)");
    bench.apply(name, document(name, "off"));
    String source = name + ".public.still";
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      bench.drain(name);
      assertThat(bench.metadata.heartbeats().lastSequence(name)).isZero();
      assertThat(bench.read(source)).noneMatch(HeartbeatIT::isMark);

      bench.apply(name, document(name, "1s"));

      awaitBeats(name, 2);
    }
  }

  private String document(String name, String every) {
    String plain = bench.document(name, "\"public.*\"").strip();
    return plain.substring(0, plain.length() - 1)
        + ", \"heartbeat\": {\"every\": \""
        + every
        + "\"}}";
  }

  private String topic(String source) {
    return bench.metadata.sources().find(source).orElseThrow().descriptor().topic();
  }

  private void awaitBeats(String name, long sequence) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> bench.metadata.heartbeats().lastSequence(name) >= sequence);
  }

  private static boolean isMark(CaptureBench.Event event) {
    return ControlRecord.MARK.equals(event.control());
  }

  private void count(String name, AtomicBoolean stop) {
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      for (long id = 1; !stop.get(); id++) {
        statement.execute("INSERT INTO tick VALUES (" + id + ")");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
