package dev.backlot.controller.status;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.SourceStats;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures of every Source, refreshed by one thread every two seconds for as long as someone looks,
 * so that nobody waits for Kafka. Thread-safe.
 */
final class SourceFigures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceFigures.class);
  private static final long PERIOD_MILLIS = 2_000;
  private static final long PATIENCE_MILLIS = 1_500;
  private static final long INTEREST_NANOS = 6_000_000_000L;

  private final SourceStore sources;
  private final DataPlane dataPlane;
  private final Map<String, SourceStats> board = new ConcurrentHashMap<>();
  private volatile long lastLook = System.nanoTime() - 2 * INTEREST_NANOS;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "source-figures");
            thread.setDaemon(true);
            return thread;
          });

  SourceFigures(SourceStore sources, DataPlane dataPlane) {
    this.sources = sources;
    this.dataPlane = dataPlane;
    clock.scheduleWithFixedDelay(
        this::refreshIfWatched, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Returns what is known of each Source; the first look after a while waits a moment for it. */
  Map<String, SourceStats> look() {
    boolean stale = System.nanoTime() - lastLook > INTEREST_NANOS;
    lastLook = System.nanoTime();
    if (stale) {
      try {
        clock.submit(this::refreshAll).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        LOG.debug("The Sources are still being looked at", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return board;
  }

  private void refreshIfWatched() {
    if (System.nanoTime() - lastLook < INTEREST_NANOS) {
      refreshAll();
    }
  }

  private void refreshAll() {
    try {
      List<StoredSource> all = sources.list();
      board
          .keySet()
          .removeIf(name -> all.stream().noneMatch(s -> s.descriptor().name().equals(name)));
      for (StoredSource source : all) {
        refresh(source.descriptor().name());
      }
    } catch (RuntimeException e) {
      LOG.debug("Cannot look at the Sources", e);
    }
  }

  private void refresh(String source) {
    try {
      board.put(source, dataPlane.stats(source));
    } catch (ProblemException e) {
      LOG.debug("Cannot look at Source '{}'", source, e);
      board.remove(source);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
