package dev.backlot.controller.pipeline;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deployments that are under way: a few at a time, at most one per pipeline. Thread-safe. */
final class Deployments implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);
  private static final int AT_A_TIME = 4;

  private final Runnable settled;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> settledAt = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_A_TIME,
          task -> {
            Thread thread = new Thread(task, "deployment");
            thread.setDaemon(true);
            return thread;
          });

  /** Begins with none. */
  Deployments(Runnable settled) {
    this.settled = settled;
  }

  /**
   * Returns whether what was found of a pipeline at a time is still so, as far as deployments go.
   *
   * @param nanoTime of {@link System#nanoTime}
   */
  boolean isSettledSince(String pipeline, long nanoTime) {
    Long last = settledAt.get(pipeline);
    return !underWay.contains(pipeline) && (last == null || last - nanoTime < 0);
  }

  /** Begins a deployment as soon as its turn comes. */
  void begin(String pipeline, Runnable deployment) {
    if (!underWay.add(pipeline)) {
      return;
    }
    try {
      threads.execute(() -> run(pipeline, deployment));
    } catch (RejectedExecutionException e) {
      underWay.remove(pipeline);
    }
  }

  private void run(String pipeline, Runnable deployment) {
    try {
      deployment.run();
    } catch (RuntimeException e) {
      LOG.warn("Cannot deploy pipeline '{}', trying again: {}", pipeline, e.toString());
    } finally {
      settledAt.put(pipeline, System.nanoTime());
      underWay.remove(pipeline);
      settled.run();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
