package dev.backlot.testing.capture;

import dev.backlot.testing.capture.EventCheck.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Holds what a workload commits against what its topics tell, round by round. Not thread-safe. */
public final class Trial {
  private final Workload workload;
  private final TopicTail tail;
  private final EventCheck check;

  /** Begins with the first round. */
  public Trial(Workload workload, TopicTail tail, EventCheck check) {
    this.workload = workload;
    this.tail = tail;
    this.check = check;
  }

  /** Returns what is counted, and what was wrong. */
  public EventCheck check() {
    return check;
  }

  /**
   * Lets the workload rest until everything that it committed is told, and writes on then.
   *
   * @return what was told since the last round
   * @throws IllegalStateException when something is lost, told again, out of order or stale
   */
  public List<Match> settle(Duration atMost) throws Exception {
    workload.pause();
    workload.take().forEach(check::expect);
    List<Match> matches = new ArrayList<>();
    long deadline = System.nanoTime() + atMost.toNanos();
    do {
      for (Told told : tail.take()) {
        check.take(told).ifPresent(matches::add);
      }
      if (check.outstanding() > 0) {
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(20);
      }
    } while (check.outstanding() > 0 && check.faultCount() == 0 && System.nanoTime() < deadline);
    if (check.faultCount() > 0) {
      throw new IllegalStateException(
          check.faultCount() + " faults: " + String.join("\n", check.faults()));
    }
    if (check.outstanding() > 0) {
      throw new IllegalStateException(
          check.outstanding()
              + " changes were not told in "
              + atMost.toSeconds()
              + " s, such as "
              + check.someOutstanding());
    }
    workload.resume();
    return matches;
  }

  /**
   * Returns how many changes were in flight when something was killed.
   *
   * @param beforeMillis a time before it; they had been committed by then
   * @param afterMillis a time at which it was dead; they were written to Kafka only later
   */
  public static long inFlight(List<Match> matches, long beforeMillis, long afterMillis) {
    return matches.stream()
        .filter(match -> match.change().committedMillis() != 0)
        .filter(match -> match.change().committedMillis() < beforeMillis)
        .filter(match -> match.told().writtenMillis() > afterMillis)
        .count();
  }

  /** Returns how many milliseconds after a time a change was read that was committed after it. */
  public static OptionalLong recoveryMillis(List<Match> matches, long atMillis) {
    return matches.stream()
        .filter(match -> match.change().committedMillis() > atMillis)
        .mapToLong(match -> match.told().seenMillis() - atMillis)
        .min();
  }
}
