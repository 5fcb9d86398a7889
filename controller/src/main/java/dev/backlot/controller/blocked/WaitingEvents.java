package dev.backlot.controller.blocked;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first events that wait for the owners of blocked pipelines. The data plane is asked for them
 * at most every few seconds for each pipeline that somebody looks at. Thread-safe.
 */
public final class WaitingEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingEvents.class);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration FORGOTTEN = Duration.ofMinutes(5);

  private final DataPlane dataPlane;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();
  private final Map<String, Instant> asked = new HashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "waiting-events");
            made.setDaemon(true);
            return made;
          });

  /** Asks here. */
  public WaitingEvents(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** What was found when. */
  private record Look(Instant at, String planHash, List<Map<String, Object>> events) {}

  /**
   * Returns what is known, without waiting, and finds out more for the next one who asks.
   *
   * @param planHash of the plan under which they wait
   * @return as {@link DataPlane#parked} does; empty while nothing is known
   */
  public Optional<List<Map<String, Object>>> known(String pipeline, String planHash) {
    Optional<Look> look = fresh(pipeline, planHash, FORGOTTEN);
    if (fresh(pipeline, planHash, FRESH).isEmpty() && mayAsk(pipeline)) {
      try {
        thread.execute(() -> ask(pipeline, planHash));
      } catch (RejectedExecutionException e) {
        LOG.debug("Nobody is asked any more");
      }
    }
    return look.map(Look::events);
  }

  /** Returns what waits, at most a few seconds old; empty when the data plane does not say. */
  Optional<List<Map<String, Object>>> of(String pipeline, String planHash) {
    if (fresh(pipeline, planHash, FRESH).isEmpty() && mayAsk(pipeline)) {
      ask(pipeline, planHash);
    }
    return fresh(pipeline, planHash, FORGOTTEN).map(Look::events);
  }

  private Optional<Look> fresh(String pipeline, String planHash, Duration age) {
    return Optional.ofNullable(looks.get(pipeline))
        .filter(look -> look.planHash().equals(planHash))
        .filter(look -> look.at().plus(age).isAfter(Instant.now()));
  }

  /** What does not answer is not asked more often either. */
  private boolean mayAsk(String pipeline) {
    Instant now = Instant.now();
    synchronized (asked) {
      Instant last = asked.get(pipeline);
      if (last != null && last.plus(FRESH).isAfter(now)) {
        return false;
      }
      asked.put(pipeline, now);
      return true;
    }
  }

  private void ask(String pipeline, String planHash) {
    try {
      List<Map<String, Object>> events = dataPlane.parked(pipeline);
      looks.put(pipeline, new Look(Instant.now(), planHash, List.copyOf(events)));
      looks.values().removeIf(look -> look.at().plus(FORGOTTEN).isBefore(Instant.now()));
    } catch (ProblemException e) {
      LOG.debug("Cannot ask what waits for pipeline '{}'", pipeline, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
