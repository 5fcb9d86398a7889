package dev.backlot.server.process;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps one service running: one life of its process after another. */
final class Keeper {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** A life that lasted this long was a good one: the next restart is quick again. */
  private static final Duration PROVEN = Duration.ofSeconds(60);

  /** A process that has been mute for this long does no work any more. */
  private static final Duration MUTE_LIMIT = Duration.ofSeconds(180);

  private static final Duration START_POLL = Duration.ofMillis(100);
  private static final Duration WATCH_POLL = Duration.ofSeconds(1);

  private final Service service;
  private final PidFiles pidFiles;
  private final Duration startLimit;
  private final Supervisor.Reporter reporter;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Service.@Nullable Running running;
  private long launchedAt;

  Keeper(Service service, PidFiles pidFiles, Duration startLimit, Supervisor.Reporter reporter) {
    this.service = service;
    this.pidFiles = pidFiles;
    this.startLimit = startLimit;
    this.reporter = reporter;
  }

  String name() {
    return service.name();
  }

  /** Starts the process; does nothing once {@link #stop} was called. */
  synchronized void launch() {
    if (stopping()) {
      return;
    }
    launchedAt = System.nanoTime();
    Service.Running started = service.start();
    running = started;
    try {
      pidFiles.write(service.name(), started.process());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the process id of " + service.name(), e);
    }
  }

  /** Waits until the service answers for the first time; its end or silence is a failed start. */
  void awaitFirstAnswer() {
    Service.Running life = current();
    while (life != null && !stopping()) {
      if (!life.process().isAlive()) {
        throw new ProblemException(
            ProblemCode.INTERNAL,
            "Cannot start service '" + name() + "': its process ended. " + life.lastWords());
      }
      if (life.ready()) {
        reporter.started(service, age());
        return;
      }
      if (age().compareTo(startLimit) > 0) {
        throw new ProblemException(
            ProblemCode.TIMED_OUT,
            "Cannot start service '"
                + name()
                + "': it doesn't answer after "
                + startLimit.toSeconds()
                + " s. "
                + life.lastWords());
      }
      pause(START_POLL);
    }
  }

  /** Keeps the service running from now on, on a thread of its own. */
  void watch() {
    Thread thread = new Thread(this::keep, "keep-" + name());
    thread.setDaemon(true);
    thread.start();
  }

  /** Keeps the service from being started again. */
  void announceStop() {
    stopped.countDown();
  }

  /** Ends the process, if it runs. */
  void stop() {
    announceStop();
    Service.Running last = current();
    if (last != null) {
      last.stop();
    }
    try {
      pidFiles.delete(name());
    } catch (IOException e) {
      reporter.note("Cannot delete the process id file of " + name() + ": " + e);
    }
  }

  private void keep() {
    Duration pause = FIRST_PAUSE;
    boolean restarted = false;
    while (true) {
      awaitEnd(restarted);
      if (stopping()) {
        return;
      }
      if (age().compareTo(PROVEN) > 0) {
        pause = FIRST_PAUSE;
      }
      reporter.note(name() + " ended unexpectedly; starting it again");
      pause(pause);
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
      try {
        launch();
        restarted = true;
      } catch (RuntimeException e) {
        reporter.note(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Returns when the process has ended, or was ended because it stayed mute. */
  private void awaitEnd(boolean restarted) {
    Service.Running life = current();
    boolean ready = !restarted;
    long lastResponse = System.nanoTime();
    while (life != null && life.process().isAlive() && !stopping()) {
      if (!ready && life.ready()) {
        reporter.note(name() + " is back after " + age().toMillis() / 100 / 10.0 + " s");
        ready = true;
      }
      if (life.responds()) {
        lastResponse = System.nanoTime();
      } else if (life.process().isAlive()
          && System.nanoTime() - lastResponse > (ready ? MUTE_LIMIT : startLimit).toNanos()) {
        reporter.note(name() + " doesn't answer; ending it");
        life.stop();
        return;
      }
      life.tidy();
      pause(WATCH_POLL);
    }
  }

  private synchronized Service.@Nullable Running current() {
    return running;
  }

  private synchronized Duration age() {
    return Duration.ofNanos(System.nanoTime() - launchedAt);
  }

  private boolean stopping() {
    return stopped.getCount() == 0;
  }

  /** Waits, but no longer than until the service is told to stop. */
  private void pause(Duration duration) {
    try {
      boolean ignored = stopped.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      announceStop();
    }
  }
}
