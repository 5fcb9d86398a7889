package dev.backlot.engine.batch;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order in which they came and will leave. Of one key, at most one row is asked about
 * at a time, and at most one waits: a newer one takes the place of one that nothing was asked about
 * yet. Stamps of one key never go back. For one thread.
 */
final class RowQueue {
  private final ArrayDeque<WaitingRow> rows = new ArrayDeque<>();
  private final Map<Object, Slot> slots = new HashMap<>();
  private final StampClock clock;

  RowQueue(StampClock clock) {
    this.clock = clock;
  }

  /** The rows of one key that are in the queue. */
  private static final class Slot {
    int rows;
    long lastStamp;
    @Nullable WaitingRow asked;
    @Nullable WaitingRow waiting;
  }

  /** What becomes of a row that has just come. */
  enum Turn {
    /** It may be asked about. */
    NOW,
    /**
     * An older row of its key is being asked about; {@link #answered} tells when it is its turn.
     */
    LATER
  }

  int size() {
    return rows.size();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * Returns whether a row of a key is being asked about, or waits for its turn. Until it has an
   * answer, an answer from before does not serve another row of the key: that row would leave later
   * and say what was true earlier.
   */
  boolean isAsking(@Nullable Object key) {
    Slot slot = key == null ? null : slots.get(key);
    return slot != null && (slot.asked != null || slot.waiting != null);
  }

  /**
   * Adds a row that has to wait for an answer.
   *
   * @param superseded told of the row that this one takes the place of, if any
   */
  Turn addQuestion(WaitingRow row, Consumer<WaitingRow> superseded) {
    rows.add(row);
    if (row.key == null) {
      return Turn.NOW;
    }
    Slot slot = enter(row.key);
    supersede(slot, superseded);
    slot.waiting = row;
    return slot.asked == null ? Turn.NOW : Turn.LATER;
  }

  /** Adds a row that waits for nothing but its place, such as a delete. */
  void addPassing(WaitingRow row, Consumer<WaitingRow> superseded) {
    rows.add(row);
    row.done(null);
    if (row.key != null) {
      supersede(enter(row.key), superseded);
    }
  }

  private Slot enter(Object key) {
    Slot slot = slots.computeIfAbsent(key, any -> new Slot());
    slot.rows++;
    return slot;
  }

  private static void supersede(Slot slot, Consumer<WaitingRow> superseded) {
    WaitingRow older = slot.waiting;
    if (older != null) {
      older.supersede();
      slot.waiting = null;
      superseded.accept(older);
    }
  }

  /** A row is being asked about. */
  void asked(WaitingRow row) {
    row.asked();
    Slot slot = slot(row);
    if (slot != null) {
      slot.waiting = null;
      slot.asked = row;
    }
  }

  /** A row's wait has ended; returns the row of its key whose turn it is now, if any. */
  @Nullable WaitingRow answered(WaitingRow row) {
    Slot slot = slot(row);
    if (slot == null || slot.asked != row) {
      return null;
    }
    slot.asked = null;
    return slot.waiting;
  }

  private @Nullable Slot slot(WaitingRow row) {
    return row.key == null ? null : slots.get(row.key);
  }

  /** Takes the oldest row out if its wait has ended; rows that were superseded are passed over. */
  @Nullable WaitingRow poll() {
    while (true) {
      WaitingRow first = rows.peek();
      if (first == null || !first.isSettled()) {
        return null;
      }
      rows.remove();
      leave(first);
      if (!first.isSuperseded()) {
        return first;
      }
    }
  }

  private void leave(WaitingRow row) {
    Slot slot = slot(row);
    if (slot == null || row.key == null) {
      return;
    }
    if (!row.isSuperseded()) {
      row.stamp = Math.max(row.stamp, slot.lastStamp + 1);
      slot.lastStamp = row.stamp;
      clock.passed(row.stamp);
    }
    if (--slot.rows == 0) {
      slots.remove(row.key);
    }
  }
}
