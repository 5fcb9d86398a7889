package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest known progress of every running pipeline, asked for by one thread every two seconds,
 * so that statuses and the page cost nothing more. Thread-safe.
 */
public final class ProgressBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressBoard.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final DataPlane dataPlane;
  private final Map<String, Progress> board = new ConcurrentHashMap<>();
  private volatile List<Job> jobs = List.of();
  private volatile boolean reachable;
  private final Thread thread = new Thread(this::run, "progress");

  /** Prepares an empty board; {@link #start} fills it. */
  public ProgressBoard(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** Starts the one thread that asks. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns a pipeline's progress, at most a few seconds old; empty when it has no job. */
  public Optional<Progress> of(String pipeline) {
    return Optional.ofNullable(board.get(pipeline));
  }

  /** Returns the progress of every pipeline that has a job, by name. */
  public Map<String, Progress> all() {
    return Map.copyOf(board);
  }

  /** Returns the jobs as they were a few seconds ago. */
  public List<Job> jobs() {
    return jobs;
  }

  /** Returns whether the data plane answered when it was last asked. */
  public boolean isReachable() {
    return reachable;
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      refresh();
      try {
        Thread.sleep(PERIOD.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void refresh() {
    try {
      List<Job> current = dataPlane.jobs();
      jobs = current;
      reachable = true;
      board
          .keySet()
          .removeIf(name -> current.stream().noneMatch(job -> job.pipeline().equals(name)));
      for (Job job : current) {
        if (job.state().equals("RUNNING")) {
          refresh(job.pipeline());
        } else {
          board.remove(job.pipeline());
        }
      }
    } catch (ProblemException e) {
      LOG.debug("Cannot ask for progress", e);
      reachable = false;
      jobs = List.of();
      board.clear();
    } catch (RuntimeException e) {
      LOG.warn("Cannot ask for progress", e);
    }
  }

  private void refresh(String pipeline) {
    try {
      board.put(pipeline, dataPlane.progress(pipeline));
    } catch (ProblemException e) {
      LOG.debug("Cannot ask for the progress of '{}'", pipeline, e);
      board.remove(pipeline);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
