package dev.backlot.benchmarks.soak;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Looks at all pipelines in turn, and notes how long each shows nothing new. Thread-safe. */
final class StallWatch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 500;

  private final List<String> pipelines;
  private final ToLongFunction<String> newest;
  private final Map<String, Seen> seen = new HashMap<>();
  private final Map<String, Stall> stalls = new HashMap<>();
  private final Thread thread = new Thread(this::run, "stall-watch");
  private volatile boolean closed;

  /** The longest time for which a pipeline showed nothing new. */
  record Stall(String pipeline, double seconds) {}

  private record Seen(long value, long since) {}

  /**
   * Begins to look.
   *
   * @param newest tells the newest write that a pipeline shows; negative when that can't be told
   */
  StallWatch(List<String> pipelines, ToLongFunction<String> newest) {
    this.pipelines = pipelines;
    this.newest = newest;
    thread.start();
  }

  private void run() {
    while (!closed) {
      pipelines.forEach(this::look);
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void look(String pipeline) {
    long value = newest.applyAsLong(pipeline);
    long now = System.nanoTime();
    Seen before = seen.computeIfAbsent(pipeline, name -> new Seen(value, now));
    Stall stall = new Stall(pipeline, (now - before.since()) / 1e9);
    stalls.merge(pipeline, stall, (a, b) -> a.seconds() > b.seconds() ? a : b);
    if (value > before.value()) {
      seen.put(pipeline, new Seen(value, now));
    }
  }

  /** Returns the longest of all. */
  synchronized Stall worst() {
    return stalls.values().stream()
        .max(Comparator.comparingDouble(Stall::seconds))
        .orElse(new Stall("none", 0));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
