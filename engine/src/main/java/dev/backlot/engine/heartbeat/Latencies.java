package dev.backlot.engine.heartbeat;

import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Percentiles;
import dev.backlot.metadata.HeartbeatStore.Window;
import dev.backlot.transport.NearestRank;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the heartbeats of the last hour took. For one thread. */
final class Latencies {
  private static final List<Duration> WINDOWS =
      List.of(Duration.ofMinutes(10), Duration.ofHours(1));

  /** With a heartbeat a second an hour's windows hold the last quarter of it. */
  private static final int MOST = 1_000;

  private final Deque<Taken> taken = new ArrayDeque<>();

  /** What one heartbeat took, in seconds, and when the table showed it. */
  record Taken(Instant shownAt, double topic, double table, double total) {
    static Taken of(Beat beat, Instant shownAt) {
      return new Taken(
          shownAt,
          HeartbeatStore.seconds(beat.committedAt(), beat.writtenAt()),
          HeartbeatStore.seconds(beat.writtenAt(), shownAt),
          HeartbeatStore.seconds(beat.committedAt(), shownAt));
    }
  }

  void add(Taken heartbeat) {
    taken.addLast(heartbeat);
    if (taken.size() > MOST) {
      taken.removeFirst();
    }
  }

  /** Returns the windows that end now and hold any heartbeat. */
  List<Window> windows(Instant now) {
    return WINDOWS.stream()
        .map(length -> window(length, now))
        .filter(window -> window.count() > 0)
        .toList();
  }

  private Window window(Duration length, Instant now) {
    List<Taken> recent =
        taken.stream().filter(each -> each.shownAt().isAfter(now.minus(length))).toList();
    return new Window(
        (int) length.toSeconds(),
        recent.size(),
        percentiles(recent, Taken::topic),
        percentiles(recent, Taken::table),
        percentiles(recent, Taken::total));
  }

  private static Percentiles percentiles(List<Taken> recent, ToDoubleFunction<Taken> stage) {
    double[] sorted = recent.stream().mapToDouble(stage).sorted().toArray();
    return new Percentiles(rank(sorted, 0.5), rank(sorted, 0.95), rank(sorted, 0.99));
  }

  private static double rank(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[NearestRank.index(sorted.length, share)];
  }
}
