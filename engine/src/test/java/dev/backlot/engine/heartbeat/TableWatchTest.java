package dev.backlot.engine.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.engine.heartbeat.Latencies.Taken;
import dev.backlot.engine.heartbeat.TableWatch.Stand;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TableWatchTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private final TableWatch watch =
      new TableWatch(
          "movies", "out", "studio.movies", "studio", Set.of("t"), Optional.empty(), START);

  /** Committed so many seconds after the start; its marks are at 10 times its number. */
  private static Beat beat(long sequence, int seconds) {
    Instant committed = START.plusSeconds(seconds);
    return new Beat(
        "studio",
        sequence,
        "create",
        committed,
        committed.plusMillis(100),
        Map.of("t", List.of(10 * sequence, 10 * sequence), "other", List.of(1L)));
  }

  private static Marks marks(long first, long second) {
    return new Marks(
        Map.of(
            new TopicPartition("t", 0), new Mark(first, 1),
            new TopicPartition("t", 1), new Mark(second, 1)));
  }

  @Test
  void a_heartbeat_is_shown_by_the_first_snapshot_behind_it_in_every_partition() {
    watch.written(List.of(beat(1, 1), beat(2, 11)));

    List<Taken> taken =
        watch.look(
            List.of(
                new Stand(START.plusSeconds(2), marks(11, 10)),
                new Stand(START.plusSeconds(3), marks(15, 11)),
                new Stand(START.plusSeconds(14), marks(21, 21))),
            marks(21, 21),
            START.plusSeconds(20));

    assertThat(taken)
        .containsExactly(
            new Taken(START.plusSeconds(3), 0.1, 1.9, 2.0),
            new Taken(START.plusSeconds(14), 0.1, 2.9, 3.0));
    Shown shown = watch.shown(marks(21, 21), START.plusSeconds(20));
    assertThat(shown.seconds()).contains(3.0);
    assertThat(shown.stillSince()).isEmpty();
    assertThat(shown.windows().get(0).total().p99()).isEqualTo(3.0);
  }

  @Test
  void
      a_partition_that_stands_still_before_a_heartbeat_makes_the_table_silent_one_that_moves_not() {
    watch.look(List.of(), marks(5, 5), START);
    watch.written(List.of(beat(1, 1), beat(2, 11)));
    watch.look(List.of(), marks(5, 8), START.plusSeconds(30));
    assertThat(watch.shown(marks(5, 8), START.plusSeconds(30)).stillSince())
        .as("the first one has not moved since before the heartbeat was written")
        .contains(START.plusSeconds(1).plusMillis(100));

    watch.look(List.of(), marks(9, 8), START.plusSeconds(40));

    assertThat(watch.shown(marks(9, 8), START.plusSeconds(41)).stillSince())
        .as("both move: late, not silent")
        .contains(START.plusSeconds(30));
    watch.look(List.of(), marks(30, 30), START.plusSeconds(50));
    assertThat(watch.shown(marks(30, 30), START.plusSeconds(50)).stillSince()).isEmpty();
  }

  @Test
  void heartbeats_from_before_a_pipeline_ran_are_none_of_its_own() {
    watch.written(List.of(beat(1, -600), beat(2, 5)));

    List<Taken> taken =
        watch.look(
            List.of(new Stand(START.plusSeconds(6), marks(50, 50))),
            marks(50, 50),
            START.plusSeconds(6));

    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).total()).isEqualTo(1.0);
  }
}
