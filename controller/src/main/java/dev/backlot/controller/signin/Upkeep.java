package dev.backlot.controller.signin;

import dev.backlot.metadata.AccessLogStore;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets sessions that have ended and entries of the access log that are too old, each hour. */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final Sessions sessions;
  private final AccessLogStore log;
  private final Duration keep;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "sign-in-upkeep");
            thread.setDaemon(true);
            return thread;
          });

  Upkeep(Sessions sessions, AccessLogStore log, Duration keep) {
    this.sessions = sessions;
    this.log = log;
    this.keep = keep;
  }

  void start() {
    clock.scheduleWithFixedDelay(this::run, 1, 60, TimeUnit.MINUTES);
  }

  private void run() {
    try {
      sessions.removeEnded();
      log.removeOlder(keep);
    } catch (RuntimeException e) {
      LOG.warn("Cannot forget old sessions and entries of the access log: {}", e.toString());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
