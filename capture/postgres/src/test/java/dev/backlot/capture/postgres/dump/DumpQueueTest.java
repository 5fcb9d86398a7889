package dev.backlot.capture.postgres.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.event.Position;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DumpQueueTest {
  private static final Snapshot SNAPSHOT = new Snapshot(1, 1, Set.of());
  private static final long NOW = 1_000_000_000L;

  private final DumpQueue queue = new DumpQueue();
  private long ids;

  @Test
  void dumps_take_turns_chunk_by_chunk_however_many_ranges_one_has() {
    ActiveDump large = add(Optional.empty(), 5);
    ActiveDump small = add(Optional.empty(), 1);
    ActiveDump other = add(Optional.empty(), 1);

    assertThat(take(5)).containsExactly(large, small, other, large, small);
  }

  @Test
  void keys_go_first_but_do_not_starve_the_others() {
    ActiveDump whole = add(Optional.empty(), 9);
    List<ActiveDump> repairs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      repairs.add(add(Optional.of(List.of(List.of("1"))), 1));
    }

    List<ActiveDump> taken = take(7);

    assertThat(taken.subList(0, 4)).containsExactlyElementsOf(repairs.subList(0, 4));
    assertThat(taken.get(4)).isEqualTo(whole);
    assertThat(taken.subList(5, 7)).containsExactlyElementsOf(repairs.subList(4, 6));
  }

  @Test
  void a_range_has_few_chunks_in_flight_until_they_are_noted() {
    ActiveDump dump = add(Optional.empty(), 1);
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Turn turn = queue.next(NOW).orElseThrow();
      assertThat(queue.next(NOW)).as("while one is read").isEmpty();
      assertThat(dump.read(turn, chunk(dump), NOW)).isTrue();
      turns.add(turn);
    }
    assertThat(queue.next(NOW)).as("three in flight").isEmpty();

    dump.written(turns.get(0));
    dump.acknowledged(turns.get(0), NOW);
    assertThat(queue.next(NOW)).as("acknowledged, but not noted").isEmpty();
    assertThat(dump.takeProgress().orElseThrow().chunks()).isEqualTo(1);
    assertThat(queue.next(NOW)).isPresent();
  }

  @Test
  void a_dump_rests_between_chunks_and_a_shorter_rest_counts_at_once() {
    ActiveDump dump = add(Optional.empty(), 1);
    dump.set(10, Duration.ofSeconds(5));
    dump.read(queue.next(NOW).orElseThrow(), chunk(dump), NOW);

    assertThat(queue.next(NOW + 4_999_999_999L)).isEmpty();
    dump.set(10, Duration.ofSeconds(1));
    assertThat(queue.next(NOW + 999_999_999L)).isEmpty();
    assertThat(queue.next(NOW + 1_000_000_000L)).isPresent();
  }

  @Test
  void a_retired_dump_reads_no_more() {
    ActiveDump dump = add(Optional.empty(), 1);
    Turn turn = queue.next(NOW).orElseThrow();
    dump.retire();
    dump.read(turn, chunk(dump), NOW);

    assertThat(queue.next(NOW)).isEmpty();
    assertThat(dump.isAtRest()).isFalse();
    dump.acknowledged(turn, NOW);
    assertThat(dump.takeProgress()).isPresent();
    assertThat(dump.isAtRest()).isTrue();
  }

  @Test
  void another_key_than_the_one_it_began_with_ends_a_dump() {
    ActiveDump dump = add(Optional.empty(), 1);
    Turn turn = queue.next(NOW).orElseThrow();
    Chunk other =
        new Chunk(
            dump.table(),
            SNAPSHOT,
            List.of(),
            List.of(),
            null,
            null,
            true,
            List.of(),
            "id text",
            0);

    assertThat(dump.read(turn, other, NOW)).isFalse();
    assertThat(dump.failure().orElseThrow())
        .contains("its key was id int")
        .contains("is id text now");
  }

  private List<ActiveDump> take(int count) {
    List<ActiveDump> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Turn turn = queue.next(NOW).orElseThrow();
      taken.add(turn.dump);
      if (turn.keys == null) {
        turn.dump.read(turn, chunk(turn.dump), NOW);
      }
    }
    return taken;
  }

  private static Chunk chunk(ActiveDump dump) {
    return new Chunk(
        dump.table(),
        SNAPSHOT,
        List.of(),
        List.of(),
        null,
        List.of("7"),
        false,
        List.of(),
        "id int",
        0);
  }

  private ActiveDump add(Optional<List<List<String>>> keys, int ranges) {
    Dump dump =
        new Dump(
            ++ids,
            "studio.public.movie",
            1,
            "studio",
            false,
            "",
            keys,
            DumpStore.State.RUNNING,
            "",
            DumpStore.Settings.NONE,
            new DumpStore.Progress(List.of(), Optional.empty(), 0, 0, 0, 0, 0, 0, 0),
            DumpStore.Estimate.UNKNOWN,
            "",
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ActiveDump active = new ActiveDump(dump, table(), NOW);
    active.set(10, Duration.ZERO);
    List<DumpRange> split = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      split.add(
          keys.isPresent() ? DumpRange.ofKeys(keys.get(), 0) : DumpRange.of(null, null, false));
    }
    active.begin(split, "id int", SNAPSHOT);
    queue.add(active);
    return active;
  }

  private static CapturedTable table() {
    SourceDescriptor source =
        new SourceDescriptor(
            "studio.public.movie",
            "studio",
            "public",
            "movie",
            1,
            "t",
            1,
            List.of("id"),
            "",
            "",
            List.of(),
            List.of());
    // Nothing is written here.
    SourceChannel channel = new SourceChannel(null, "t", new Position[] {Position.START}, 1, 1);
    return new CapturedTable(new TableId("public", "movie"), source, channel, null);
  }
}
