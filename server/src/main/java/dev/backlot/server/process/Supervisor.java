package dev.backlot.server.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts services stage by stage, keeps each one running and stops them in reverse. A service whose
 * process ends is started again, after a pause that grows while it keeps ending; one that stops
 * answering for long is ended first.
 */
public final class Supervisor {
  private final List<List<Keeper>> stages = new ArrayList<>();
  private final Reporter reporter;
  private volatile boolean stopping;

  /** Is told what happens, from several threads. */
  public interface Reporter {
    /** These services are being started. */
    void starting(List<String> services);

    /** A service answers for the first time. */
    void started(Service service, Duration after);

    /** Something happened to a running service that a user should know. */
    void note(String message);
  }

  /**
   * Prepares services.
   *
   * @param stages the services of one stage start together, once those of the stage before answer
   */
  public Supervisor(
      List<List<Service>> stages, PidFiles pidFiles, Duration startLimit, Reporter reporter) {
    this.reporter = reporter;
    for (List<Service> stage : stages) {
      this.stages.add(
          stage.stream()
              .map(service -> new Keeper(service, pidFiles, startLimit, reporter))
              .toList());
    }
  }

  /**
   * Starts all services and returns once every one answers; false when {@link #stop} came first.
   *
   * @throws dev.backlot.model.ProblemException when one doesn't; those that run are left to {@link
   *     #stop}
   */
  public boolean start() {
    for (List<Keeper> stage : stages) {
      reporter.starting(stage.stream().map(Keeper::name).toList());
      for (Keeper keeper : stage) {
        if (stopping) {
          return false;
        }
        keeper.launch();
      }
      for (Keeper keeper : stage) {
        if (stopping) {
          return false;
        }
        keeper.awaitFirstAnswer();
      }
    }
    stages.forEach(stage -> stage.forEach(Keeper::watch));
    return !stopping;
  }

  /** Stops all services in reverse order. Safe to call at any time, from any thread, and again. */
  public void stop() {
    stopping = true;
    for (int i = stages.size() - 1; i >= 0; i--) {
      stages.get(i).forEach(Keeper::announceStop);
    }
    for (int i = stages.size() - 1; i >= 0; i--) {
      List<Thread> stops = new ArrayList<>();
      for (Keeper keeper : stages.get(i)) {
        Thread thread = new Thread(keeper::stop, "stop-" + keeper.name());
        thread.start();
        stops.add(thread);
      }
      for (Thread thread : stops) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }
}
