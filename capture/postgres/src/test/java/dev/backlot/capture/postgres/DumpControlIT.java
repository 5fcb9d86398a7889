package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Settings;
import dev.backlot.metadata.DumpStore.State;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dumps do what they are told, at any time, and none holds up another. */
class DumpControlIT {
  private static final String CHUNK_ROWS = "backlot.capture.chunk_rows";
  private static final int ROWS = 4_000;
  private static final int CHUNK = 100;
  private static final Duration FOREVER = Duration.ofHours(1);

  /** Not done before it is told something. */
  private static final Settings SLOW =
      new Settings(OptionalInt.empty(), Optional.of(ms(50)), OptionalInt.empty());

  /** One is read, one is written, one is on its way to being noted. */
  private static final int CHUNKS_IN_FLIGHT = 3;

  private final CaptureBench bench = CaptureBench.shared();
  private String name;
  private String source;

  @BeforeEach
  void createTable() {
    System.setProperty(CHUNK_ROWS, Integer.toString(CHUNK));
    name = bench.newDatabase();
    source = name + ".public.deal";
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v text, w text) WITH (autovacuum_enabled = off)",
        "INSERT INTO deal SELECT i, 'v' || i, 'w' FROM generate_series(1, " + ROWS + ") i",
        "CREATE TABLE small (id int PRIMARY KEY)",
        "INSERT INTO small SELECT generate_series(1, 10)");
    bench.apply(name, bench.document(name, "\"public.*\""));
  }

  @AfterEach
  void restore() {
    System.clearProperty(CHUNK_ROWS);
  }

  @Test
  void a_paused_dump_stays_paused_over_a_restart_and_goes_on_where_it_was() {
    long dump;
    long before;
    long readWhenPaused;
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      before = reads();
      dump = request(SLOW);
      await(dump, d -> d.progress().chunks() >= 3);
      assertThat(bench.metadata.dumps().pause(dump)).isTrue();
      readWhenPaused = awaitStill(dump);
      assertThat(readWhenPaused).isBetween(300L, ROWS - 1L);
    }
    try (CaptureWorker worker = bench.startWorker()) {
      // Another dump is done meanwhile; this one stands.
      long other = request(Settings.NONE);
      await(other, d -> d.state() == State.DONE);
      assertThat(find(dump).state()).isEqualTo(State.PAUSED);
      assertThat(find(dump).progress().readRows()).isEqualTo(readWhenPaused);

      assertThat(bench.metadata.dumps().resume(dump)).isTrue();
      await(dump, d -> d.state() == State.DONE);
      assertThat(find(dump).progress().readRows()).isEqualTo(ROWS);
      assertThat(reads() - before).isEqualTo(2 * ROWS);
    }
  }

  @Test
  void after_a_kill_only_unfinished_chunks_are_read_again() {
    CaptureWorker killed = bench.startWorker();
    bench.awaitStreaming(source);
    long before = reads();
    long dump = request(SLOW);
    await(dump, d -> d.progress().chunks() >= 10);
    killed.abandon();
    assertThat(find(dump).state()).isEqualTo(State.RUNNING);

    try (CaptureWorker worker = bench.startWorker()) {
      await(dump, d -> d.state() == State.DONE);
      long again = reads() - before - ROWS;
      assertThat(again).isBetween(0L, (long) CHUNKS_IN_FLIGHT * CHUNK);
      assertThat(find(dump).progress().readRows()).isEqualTo(ROWS);
    }
  }

  @Test
  void a_small_dump_and_a_repair_are_done_while_a_large_one_is_under_way() {
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source, name + ".public.small");
      bench.apply(
          name,
          bench
              .document(name, "\"public.*\"")
              .replaceFirst("}\\s*$", ", \"dump\": {\"readers\": 1}}"));
      long large = request(new Settings(OptionalInt.of(10), Optional.empty(), OptionalInt.empty()));
      await(large, d -> d.progress().chunks() >= 1);
      long small = bench.metadata.dumps().request(name + ".public.small", 1, name, false, "", null);
      long keyed =
          bench.metadata.dumps().request(source, 1, name, false, "", List.of(List.of("7")));
      await(small, d -> d.state() == State.DONE);
      await(keyed, d -> d.state() == State.DONE);
      await(large, d -> d.state() == State.DONE);

      // By what was finished first, since a fast machine may be done with all before we look.
      assertThat(find(small).finishedAt().orElseThrow())
          .isBefore(find(large).finishedAt().orElseThrow());
      assertThat(find(keyed).finishedAt().orElseThrow())
          .isBefore(find(large).finishedAt().orElseThrow());
      List<Long> sevens =
          bench.read(source).stream()
              .filter(e -> e.op().equals("r") && e.header().isDump())
              .filter(e -> e.key().get("id").equals(7))
              .map(CaptureBench.Event::offset)
              .toList();
      assertThat(sevens).as("first dump, large dump, repair").hasSize(3);
    }
  }

  @Test
  void chunks_and_rests_change_while_a_dump_runs_and_a_cancelled_one_ends() {
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      long dump =
          request(new Settings(OptionalInt.of(10), Optional.of(FOREVER), OptionalInt.empty()));
      await(dump, d -> d.progress().chunks() == 1);
      assertThat(find(dump).progress().readRows()).isEqualTo(10);

      bench
          .metadata
          .dumps()
          .set(dump, new Settings(OptionalInt.of(1_000), Optional.of(ms(0)), OptionalInt.empty()));
      await(dump, d -> d.state() == State.DONE);
      assertThat(find(dump).progress().chunks()).isEqualTo(1 + 4);

      long cancelled =
          request(new Settings(OptionalInt.of(10), Optional.of(FOREVER), OptionalInt.empty()));
      await(cancelled, d -> d.progress().chunks() == 1);
      assertThat(bench.metadata.dumps().cancel(cancelled, "Enough.")).isTrue();
      assertThat(bench.metadata.dumps().resume(cancelled)).isFalse();
      long next = request(Settings.NONE);
      await(next, d -> d.state() == State.DONE);
      assertThat(find(cancelled).state()).isEqualTo(State.CANCELLED);
      assertThat(find(cancelled).progress().readRows()).isEqualTo(10);
    }
  }

  @Test
  void a_table_that_changes_midway_is_dumped_to_its_end_or_the_dump_says_why_not() {
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      long columns = resting(10);
      bench.execute(name, "ALTER TABLE deal ADD x int DEFAULT 5", "ALTER TABLE deal DROP COLUMN w");
      wake(columns);
      await(columns, d -> !d.state().isOpen());
      assertThat(find(columns).state()).as(find(columns).reason()).isEqualTo(State.DONE);
      assertThat(find(columns).progress().readRows()).isEqualTo(ROWS);

      long truncated = resting(10);
      bench.execute(name, "TRUNCATE deal");
      wake(truncated);
      await(truncated, d -> !d.state().isOpen());
      assertThat(find(truncated).state()).isEqualTo(State.DONE);
      bench.drain(name);
      assertThat(CaptureBench.latest(bench.read(source))).isEmpty();

      bench.execute(name, "INSERT INTO deal SELECT generate_series(1, 100)");
      long keyType = resting(10);
      bench.execute(name, "ALTER TABLE deal ALTER id TYPE text");
      wake(keyType);
      await(keyType, d -> !d.state().isOpen());
      assertThat(find(keyType).state()).isIn(State.FAILED, State.CANCELLED);
      assertThat(find(keyType).reason()).containsAnyOf("key", "epoch");
      // Between two epochs there is no such Source for a moment.
      Awaitility.await().ignoreExceptions().atMost(CaptureBench.PATIENCE).until(() -> epoch() == 2);
      bench.awaitStreaming(source);

      long dropped = resting(10);
      bench.execute(name, "DROP TABLE deal");
      wake(dropped);
      await(dropped, d -> !d.state().isOpen());
      assertThat(find(dropped).state()).isIn(State.FAILED, State.CANCELLED);
      assertThat(find(dropped).reason()).containsAnyOf("public.deal is gone", "taken out");
    }
  }

  @Test
  void how_many_rows_there_are_is_estimated_or_said_to_be_unknown() {
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      long unknown = request(Settings.NONE);
      await(unknown, d -> d.state() == State.DONE);
      assertThat(find(unknown).estimate()).isEqualTo(DumpStore.Estimate.UNKNOWN);

      bench.execute(name, "ANALYZE deal");
      long known = request(Settings.NONE);
      long part = bench.metadata.dumps().request(source, 1, name, false, "id <= 1000", null);
      await(known, d -> d.state() == State.DONE);
      await(part, d -> d.state() == State.DONE);
      assertThat(find(known).estimate().rows()).hasValue(ROWS);
      assertThat(find(known).estimate().by()).isEqualTo("statistics");
      assertThat(find(part).estimate().rows().orElseThrow()).isBetween(900L, 1_100L);
      assertThat(find(part).estimate().by()).isEqualTo("planner");
      assertThat(find(part).progress().readRows()).isEqualTo(1_000);
      assertThat(find(part).progress().bytes()).isPositive();
    }
  }

  @Test
  void a_large_table_is_read_in_ranges_and_each_goes_on_where_it_was() {
    System.setProperty("backlot.capture.split_rows", "1000");
    try {
      bench.execute(name, "ANALYZE deal");
      CaptureWorker killed = bench.startWorker();
      bench.awaitStreaming(source);
      long before = reads();
      long dump = request(new Settings(OptionalInt.empty(), SLOW.delay(), OptionalInt.of(4)));
      await(dump, d -> d.progress().chunks() >= 8);
      killed.abandon();
      assertThat(find(dump).progress().ranges()).hasSize(4);
      assertThat(find(dump).progress().ranges().stream().filter(r -> r.to() == null)).hasSize(1);

      try (CaptureWorker worker = bench.startWorker()) {
        await(dump, d -> d.state() == State.DONE);
        long again = reads() - before - ROWS;
        assertThat(again).isBetween(0L, 4L * CHUNKS_IN_FLIGHT * CHUNK);
        Set<Object> keys = new HashSet<>();
        bench.read(source).stream().filter(e -> e.op().equals("r")).forEach(e -> keys.add(e.key()));
        assertThat(keys).hasSize(ROWS);
        assertThat(find(dump).progress().readRows()).isEqualTo(ROWS);
      }
    } finally {
      System.clearProperty("backlot.capture.split_rows");
    }
  }

  /** Returns a dump that rests after its first chunk. */
  private long resting(int chunkRows) {
    long dump =
        request(new Settings(OptionalInt.of(chunkRows), Optional.of(FOREVER), OptionalInt.empty()));
    await(dump, d -> d.progress().chunks() == 1);
    return dump;
  }

  private void wake(long dump) {
    bench
        .metadata
        .dumps()
        .set(dump, new Settings(OptionalInt.of(500), Optional.of(ms(0)), OptionalInt.empty()));
  }

  private long request(Settings settings) {
    return bench.metadata.dumps().request(source, epoch(), name, false, "", null, settings);
  }

  private int epoch() {
    return bench.metadata.sources().find(source).orElseThrow().descriptor().epoch();
  }

  private Dump find(long dump) {
    return bench.metadata.dumps().find(dump).orElseThrow();
  }

  private void await(long dump, Predicate<Dump> condition) {
    Awaitility.await("dump " + dump)
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> find(dump), condition);
  }

  /** Waits until a paused dump reads nothing any more, and returns how much it has read. */
  private long awaitStill(long dump) {
    bench.drain(name);
    long[] last = {-1};
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              long now = find(dump).progress().readRows();
              boolean still = now == last[0];
              last[0] = now;
              return still;
            });
    return last[0];
  }

  private long reads() {
    return bench.read(source).stream().filter(e -> e.op().equals("r")).count();
  }

  private static Duration ms(int millis) {
    return Duration.ofMillis(millis);
  }
}
