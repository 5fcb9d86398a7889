package dev.backlot.controller.detail;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.SourceStats;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures of Sources' topics. A page waits for Kafka for a moment only; what comes later is there
 * at the next look. Thread-safe.
 */
final class StatsBoard {
  private static final Logger LOG = LoggerFactory.getLogger(StatsBoard.class);
  private static final long PATIENCE_MILLIS = 250;
  private static final Duration OLDEST = Duration.ofMinutes(1);

  private final DataPlane dataPlane;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Future<?>> looks = new ConcurrentHashMap<>();
  private final ExecutorService lookers =
      Executors.newFixedThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "source-stats");
            thread.setDaemon(true);
            return thread;
          });

  StatsBoard(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  private record Known(Instant at, SourceStats stats) {}

  /** Returns the newest figures; nothing where they are not known, or too old. */
  Optional<SourceStats> of(String source) {
    Future<?> look =
        looks.compute(
            source,
            (name, running) ->
                running == null || running.isDone() ? lookers.submit(() -> look(name)) : running);
    try {
      look.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("Source '{}' is still being looked at", source);
    } catch (ExecutionException e) {
      LOG.debug("Cannot look at Source '{}'", source, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.ofNullable(known.get(source))
        .filter(seen -> seen.at().isAfter(Instant.now().minus(OLDEST)))
        .map(Known::stats);
  }

  private void look(String source) {
    try {
      known.put(source, new Known(Instant.now(), dataPlane.stats(source)));
    } catch (ProblemException e) {
      LOG.debug("Cannot look at Source '{}'", source, e);
    }
  }
}
