package dev.backlot.capture.postgres.dump;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whose chunk is read next, of all dumps of a connection: round by round, one chunk of each dump.
 * Dumps of keys, which repair something, go first, but not more than a few times in a row while
 * others wait. Thread-safe.
 */
final class DumpQueue {
  private static final int KEYED_IN_A_ROW = 4;
  private static final long WAIT_MILLIS = 10;

  private final List<ActiveDump> dumps = new ArrayList<>();
  private final Map<ActiveDump, Long> served = new HashMap<>();
  private long turns;
  private int keyedInARow;

  synchronized void add(ActiveDump dump) {
    dumps.add(dump);
    served.put(dump, 0L);
    notifyAll();
  }

  synchronized void remove(ActiveDump dump) {
    dumps.remove(dump);
    served.remove(dump);
  }

  /** Something has changed that may let a chunk be read. */
  synchronized void changed() {
    notifyAll();
  }

  /**
   * Takes the next chunk; waits for a moment when there is none.
   *
   * @param room whether there is room for one more
   */
  synchronized Optional<Turn> take(BooleanSupplier room) throws InterruptedException {
    Optional<Turn> turn = room.getAsBoolean() ? next(System.nanoTime()) : Optional.empty();
    if (turn.isEmpty()) {
      wait(WAIT_MILLIS);
    }
    return turn;
  }

  /** Takes the next chunk that may be read at this time. */
  synchronized Optional<Turn> next(long now) {
    boolean keyedFirst = keyedInARow < KEYED_IN_A_ROW;
    Optional<Turn> turn = next(now, keyedFirst);
    return turn.isPresent() ? turn : next(now, !keyedFirst);
  }

  private Optional<Turn> next(long now, boolean keyed) {
    List<ActiveDump> candidates =
        dumps.stream()
            .filter(dump -> dump.isKeyed() == keyed)
            .sorted(Comparator.comparing(dump -> served.getOrDefault(dump, 0L)))
            .toList();
    for (ActiveDump dump : candidates) {
      Optional<Turn> turn = dump.take(now);
      if (turn.isPresent()) {
        served.put(dump, ++turns);
        keyedInARow = keyed ? keyedInARow + 1 : 0;
        return turn;
      }
    }
    return Optional.empty();
  }
}
