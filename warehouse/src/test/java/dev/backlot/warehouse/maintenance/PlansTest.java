package dev.backlot.warehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What maintenance decides, without any table. */
final class PlansTest {
  private static final long KILOBYTE = 1 << 10;
  private static final long MEGABYTE = 1 << 20;
  private static final long TARGET = 128 * MEGABYTE;
  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
  private static final MaintenanceSettings SETTINGS = MaintenanceSettings.DEFAULT;

  @Test
  void fewSmallFilesAreLeftAndManyBecomeOne() {
    assertThat(PackPlan.of(files(19, 10 * KILOBYTE), TARGET, false)).isEmpty();
    assertThat(PackPlan.of(files(20, 10 * KILOBYTE), TARGET, false))
        .containsExactly(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void filesOfDifferentSizeClassesAreNotMerged() {
    List<FileSize> files = new ArrayList<>(files(7, 2 * MEGABYTE));
    files.addAll(files(7, 20 * MEGABYTE));
    files.addAll(files(3, 100 * MEGABYTE));

    assertThat(PackPlan.of(files, TARGET, false)).isEmpty();
    files.add(new FileSize(3 * MEGABYTE, 1));
    assertThat(PackPlan.of(files, TARGET, false)).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 17));
  }

  @Test
  void noMergedFileIsLargerThanTheTarget() {
    List<FileSize> files = files(20, 30 * MEGABYTE);

    List<List<Integer>> sets = PackPlan.of(files, TARGET, false);

    assertThat(sets).hasSize(5).allMatch(set -> set.size() == 4);
    assertThat(PackPlan.of(files(2, 40 * MEGABYTE), TARGET, true)).hasSize(1);
    assertThat(PackPlan.of(files(2, 100 * MEGABYTE), TARGET, true)).isEmpty();
  }

  @Test
  void aRowIsCopiedAFewTimesOnItsWayIntoALargeFile() {
    List<FileSize> files = new ArrayList<>();
    long written = 0;
    long most = 0;
    long commits = 20_000;
    for (int commit = 0; commit < commits; commit++) {
      files.add(new FileSize(8 * KILOBYTE, 20));
      if (commit % 30 == 29) {
        for (List<Integer> set : PackPlan.of(files, TARGET, false)) {
          long bytes = set.stream().mapToLong(n -> files.get(n).bytes()).sum();
          written += bytes;
          files.add(new FileSize(bytes, 0));
          set.stream().sorted(Collections.reverseOrder()).forEach(n -> files.remove((int) n));
        }
        most = Math.max(most, files.size());
      }
    }
    assertThat(most).as("files at once").isLessThan(60);
    assertThat(written / (commits * 8 * KILOBYTE)).as("copies of a row").isLessThan(8);
  }

  @Test
  void filesWithManySupersededRowsAreRewrittenWorstFirstWithinTheLimit() {
    List<FileSize> files = files(4, 100 * MEGABYTE, 1000);
    long[] superseded = {50, 300, 900, 200};

    assertThat(CompactPlan.of(files, superseded, 0.1, TARGET, 10 * TARGET))
        .containsExactly(List.of(1, 2), List.of(3));
    assertThat(CompactPlan.of(files, superseded, 0.1, TARGET, 200 * MEGABYTE))
        .containsExactly(List.of(1, 2));
    assertThat(CompactPlan.of(files, superseded, 0.1, TARGET, 1)).containsExactly(List.of(2));
    assertThat(CompactPlan.of(files, new long[4], 0.1, TARGET, 10 * TARGET)).isEmpty();
  }

  @Test
  void smallFilesRideAlong() {
    List<FileSize> files = new ArrayList<>(files(1, 100 * MEGABYTE, 1000));
    files.addAll(files(3, MEGABYTE, 10));

    assertThat(CompactPlan.of(files, new long[] {500, 0, 0, 0}, 0.1, TARGET, 10 * TARGET))
        .containsExactly(List.of(0, 1, 2, 3));
    assertThat(CompactPlan.of(files(1, MEGABYTE, 10), new long[1], 0.1, TARGET, TARGET))
        .as("one small file that has nothing to drop")
        .isEmpty();
  }

  @Test
  void compactionIsDueWhenATenthMayBeSupersededOrADayHasPassed() {
    MaintenanceState compacted = new MaintenanceState(10_000, NOW.minusSeconds(60), NOW);

    assertThat(due(health(10_900, 100, 10), compacted, true)).doesNotContain(Work.COMPACT);
    assertThat(due(health(11_200, 100, 10), compacted, true)).contains(Work.COMPACT);
    assertThat(due(health(11_200, 100, 10), compacted, false)).doesNotContain(Work.COMPACT);
    assertThat(due(health(400, 100, 10), MaintenanceState.NEW, true))
        .as("too few to be worth it")
        .doesNotContain(Work.COMPACT);
    MaintenanceState old = new MaintenanceState(10_000, NOW.minus(Duration.ofDays(2)), NOW);
    assertThat(due(health(10_000, 100, 10), old, true)).contains(Work.COMPACT);
  }

  @Test
  void aHealthyTableIsLeftAlone() {
    MaintenanceState state = new MaintenanceState(10_000, NOW.minusSeconds(60), NOW);

    assertThat(due(health(10_000, 125, 50), state, true)).isEmpty();
    assertThat(due(health(10_000, 126, 51), state, true))
        .containsExactly(Work.MANIFESTS, Work.EXPIRE);
    assertThat(due(health(10_000, 1, 1), new MaintenanceState(10_000, NOW, Instant.EPOCH), true))
        .containsExactly(Work.ORPHANS);
  }

  private static java.util.Set<Work> due(
      TableHealth health, MaintenanceState state, boolean keyed) {
    return MaintenanceNeed.of(
        health, files(3, TARGET), keyed, NOW.minusSeconds(1), state, SETTINGS, NOW);
  }

  private static TableHealth health(long rows, long snapshots, long manifests) {
    return new TableHealth(rows, 3, 0, 1, snapshots, manifests, 1);
  }

  private static List<FileSize> files(int count, long bytes) {
    return files(count, bytes, 1);
  }

  private static List<FileSize> files(int count, long bytes, long rows) {
    return Collections.nCopies(count, new FileSize(bytes, rows));
  }
}
