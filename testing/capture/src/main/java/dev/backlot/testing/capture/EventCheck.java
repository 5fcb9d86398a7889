package dev.backlot.testing.capture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds what topics tell against what the source committed: each change once, the changes of a key
 * in their order, no row of a dump that overwrites newer state, nothing that was rolled back. What
 * an older owner wrote behind a newer one's fence does not count. Expect everything that was
 * committed, then take what was told. Not thread-safe.
 */
public final class EventCheck {
  private static final int FAULTS_SHOWN = 20;

  private final Map<String, Row> rows = new HashMap<>();
  private final Map<String, Partition> partitions = new TreeMap<>();
  private final Map<String, Integer> truncations = new HashMap<>();
  private final Map<String, Integer> partitionCounts;
  private final List<String> faults = new ArrayList<>();
  private long faultCount;
  private long outstanding;
  private long events;
  private long dumpRows;
  private long voidRecords;
  private long missing;

  /** What is known of a key: its present row, and what is still to be told. */
  private static final class Row {
    final ArrayDeque<Change> expected = new ArrayDeque<>();
    @Nullable Change present;
  }

  private static final class Partition {
    long fence;
    int era;
  }

  /** A change, and the record that told it. */
  public record Match(Change change, Told told) {}

  /**
   * Begins with empty tables.
   *
   * @param partitionCounts by table
   */
  public EventCheck(Map<String, Integer> partitionCounts) {
    this.partitionCounts = Map.copyOf(partitionCounts);
  }

  /** Hears of a committed change; those of a key in their order. */
  public void expect(Change change) {
    if (change.op() == Change.Op.TRUNCATE) {
      truncations.merge(change.table(), 1, Integer::sum);
      outstanding += Objects.requireNonNull(partitionCounts.get(change.table()));
    } else {
      row(change.table(), change.key()).expected.add(change);
      outstanding++;
    }
  }

  /**
   * Hears of a record; those of a partition in their order.
   *
   * @return the change that it tells, unless it tells none that counts
   */
  public Optional<Match> take(Told told) {
    Partition partition =
        partitions.computeIfAbsent(told.table() + "/" + told.partition(), p -> new Partition());
    if (told.generation() < partition.fence) {
      voidRecords++;
      return Optional.empty();
    }
    switch (told.kind()) {
      case FENCE -> partition.fence = told.generation();
      case MARK -> checkFenced(partition, told);
      case TRUNCATE -> {
        checkFenced(partition, told);
        truncate(partition, told);
      }
      case READ -> {
        checkFenced(partition, told);
        read(partition, told);
      }
      case UNKNOWN -> fault("a record that no table's topic may hold", told);
      default -> {
        checkFenced(partition, told);
        return log(partition, told);
      }
    }
    return Optional.empty();
  }

  private void checkFenced(Partition partition, Told told) {
    if (told.generation() > partition.fence) {
      fault("an owner writes before it has fenced", told);
    }
  }

  private void truncate(Partition partition, Told told) {
    partition.era++;
    if (partition.era > truncations.getOrDefault(told.table(), 0)) {
      fault("a truncation that was not committed, or is told again", told);
    } else {
      outstanding--;
    }
  }

  private Optional<Match> log(Partition partition, Told told) {
    Row row = row(told.table(), told.key());
    int passed = 0;
    for (Change change : row.expected) {
      if (tells(row, change, told)) {
        if (change.era() != partition.era) {
          fault("a change on the wrong side of a truncation", told);
        }
        missing += passed;
        events++;
        pass(row, passed + 1);
        return Optional.of(new Match(change, told));
      }
      if (!mayBeMissing(row, change)) {
        break;
      }
      passed++;
    }
    Change next = row.expected.peek();
    fault("expected " + (next == null ? "nothing more" : next) + ", present " + row.present, told);
    return Optional.empty();
  }

  private static boolean tells(Row row, Change change, Told told) {
    if (!change.op().name().equals(told.kind().name()) || change.version() != told.version()) {
      return false;
    }
    return change.body() == told.body()
        || (change.leftOut()
            && told.reselected()
            && after(row, change).stream().anyMatch(later -> later.body() == told.body()));
  }

  /** A row that was gone when its large value was looked for is not told: its end is. */
  private static boolean mayBeMissing(Row row, Change change) {
    return change.leftOut()
        && after(row, change).stream().anyMatch(later -> later.op() == Change.Op.DELETE);
  }

  private static List<Change> after(Row row, Change change) {
    List<Change> later = new ArrayList<>();
    boolean found = false;
    for (Change candidate : row.expected) {
      if (found) {
        later.add(candidate);
      }
      found |= candidate.equals(change);
    }
    return later;
  }

  private void pass(Row row, int changes) {
    Iterator<Change> iterator = row.expected.iterator();
    for (int i = 0; i < changes; i++) {
      Change change = iterator.next();
      row.present = change.version() == 0 ? null : change;
      iterator.remove();
      outstanding--;
    }
  }

  private void read(Partition partition, Told told) {
    dumpRows++;
    Row row = row(told.table(), told.key());
    if (isPresent(row.present, partition, told)) {
      return;
    }
    int passed = 0;
    for (Change change : row.expected) {
      if (!mayBeMissing(row, change)) {
        break;
      }
      passed++;
      if (isPresent(change, partition, told)) {
        missing += passed;
        pass(row, passed);
        return;
      }
    }
    fault("a dump's row that is not the present one, " + row.present, told);
  }

  private static boolean isPresent(@Nullable Change change, Partition partition, Told told) {
    return change != null
        && change.era() == partition.era
        && change.version() == told.version()
        && change.body() == told.body();
  }

  private Row row(String table, int key) {
    return rows.computeIfAbsent(table + "/" + key, k -> new Row());
  }

  private void fault(String what, Told told) {
    faultCount++;
    if (faults.size() < FAULTS_SHOWN) {
      faults.add(what + ": " + told);
    }
  }

  /** Returns how many committed changes have not been told. */
  public long outstanding() {
    return outstanding;
  }

  /** Returns some changes that have not been told. */
  public List<Change> someOutstanding() {
    return rows.values().stream()
        .flatMap(row -> row.expected.stream())
        .limit(FAULTS_SHOWN)
        .toList();
  }

  /** Returns what is wrong, the first faults only. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /** Returns how many faults there are. */
  public long faultCount() {
    return faultCount;
  }

  /** Returns how many changes were told once. */
  public long events() {
    return events;
  }

  /** Returns how many rows of dumps were told. */
  public long dumpRows() {
    return dumpRows;
  }

  /** Returns how many records do not count since a newer owner had fenced. */
  public long voidRecords() {
    return voidRecords;
  }

  /** Returns how many changes were not told because their row was gone, as they need not be. */
  public long missing() {
    return missing;
  }
}
