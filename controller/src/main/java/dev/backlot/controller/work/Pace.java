package dev.backlot.controller.work;

import dev.backlot.controller.work.WorkItem.Eta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How fast one piece of work is, by what it said it had done at some moments. Not thread-safe.
 *
 * <p>A time of arrival is a range between what the whole way and what the last minute took, which
 * widens where work is uneven; there is none in the first half minute.
 */
final class Pace {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration TOO_EARLY = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMinutes(2);

  private record Seen(Instant at, long done) {}

  private final Deque<Seen> seen = new ArrayDeque<>();
  private final Instant begun;
  private final long doneAtBegin;
  private Instant moved;

  Pace(Instant at, long done) {
    this.begun = at;
    this.doneAtBegin = done;
    this.moved = at;
    seen.add(new Seen(at, done));
  }

  /** Notes how much is done at a moment; less than before means that it began anew. */
  void see(Instant at, long done) {
    Seen last = seen.getLast();
    if (done != last.done()) {
      moved = at;
    }
    if (done < last.done()) {
      seen.clear();
    }
    seen.addLast(new Seen(at, done));
    while (seen.size() > 2 && seen.getFirst().at().plus(WINDOW).isBefore(at)) {
      seen.removeFirst();
    }
  }

  /** Returns units a second over the last minute. */
  Optional<Double> rate() {
    Seen first = seen.getFirst();
    Seen last = seen.getLast();
    double seconds = Duration.between(first.at(), last.at()).toMillis() / 1000.0;
    return seconds < 1
        ? Optional.empty()
        : Optional.of(Math.max(0, last.done() - first.done()) / seconds);
  }

  /**
   * Returns how long the rest will take.
   *
   * @param startedAt when the work began, which may be before anybody looked
   */
  Optional<Eta> eta(Instant now, Instant startedAt, long done, long total) {
    if (startedAt.plus(TOO_EARLY).isAfter(now) || total <= done) {
      return Optional.empty();
    }
    double overall = done / Math.max(1.0, Duration.between(startedAt, now).toMillis() / 1000.0);
    double watched =
        Math.max(0, done - doneAtBegin)
            / Math.max(1.0, Duration.between(begun, now).toMillis() / 1000.0);
    double lately = rate().orElse(0.0);
    double slow = Double.POSITIVE_INFINITY;
    double fast = 0;
    for (double rate : new double[] {overall, watched, lately}) {
      if (rate > 0) {
        slow = Math.min(slow, rate);
        fast = Math.max(fast, rate);
      }
    }
    if (fast <= 0 || lately <= 0) {
      return Optional.empty();
    }
    long left = total - done;
    return Optional.of(new Eta((long) Math.ceil(left / fast), (long) Math.ceil(left / slow)));
  }

  /** Returns since when nothing was done, if that is long. */
  Optional<Instant> stillSince(Instant now) {
    return moved.plus(STILL).isBefore(now) ? Optional.of(moved) : Optional.empty();
  }
}
