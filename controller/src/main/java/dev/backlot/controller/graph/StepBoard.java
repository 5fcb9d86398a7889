package dev.backlot.controller.graph;

import dev.backlot.controller.dataplane.DataPlane.Percentiles;
import dev.backlot.controller.dataplane.DataPlane.StepFigures;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the steps of all running pipelines do, asked for by one thread every two seconds. Rates are
 * those of about the last ten seconds. Thread-safe.
 */
public final class StepBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepBoard.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final int KEPT = 6;

  private final Supplier<Map<String, List<StepFigures>>> figures;
  private final Map<String, Map<String, Pace>> board = new ConcurrentHashMap<>();
  private final Map<String, Deque<Sample>> samples = new HashMap<>();
  private final Thread thread = new Thread(this::run, "steps");

  /**
   * Prepares an empty board; {@link #start} fills it.
   *
   * @param figures tells what the steps of all running pipelines have counted
   */
  public StepBoard(Supplier<Map<String, List<StepFigures>>> figures) {
    this.figures = figures;
  }

  /**
   * What a step does; what is not known is empty.
   *
   * @param inRate records a second that it takes in
   * @param outRate rows a second that it gives out
   * @param errorRate records a second that it can't process
   * @param busy share of the last second spent working
   * @param backPressured share of it spent waiting for what comes after
   * @param latency how long changes took from their commit until it had them
   * @param request how long its requests to another service took
   */
  public record Pace(
      Optional<Double> inRate,
      Optional<Double> outRate,
      Optional<Double> errorRate,
      Optional<Double> busy,
      Optional<Double> backPressured,
      Optional<Percentiles> latency,
      Optional<Percentiles> request) {
    /** Nothing is known. */
    static final Pace UNKNOWN =
        new Pace(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private record Sample(long nanos, Map<String, StepFigures> steps) {}

  /** Starts the one thread that asks. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns what the steps of a pipeline do, by their ids; none unless it runs. */
  public Map<String, Pace> of(String pipeline) {
    return board.getOrDefault(pipeline, Map.of());
  }

  /** Returns what all steps do, by pipeline and id. */
  public Map<String, Map<String, Pace>> all() {
    return Map.copyOf(board);
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
      see(figures.get(), System.nanoTime());
    } catch (ProblemException e) {
      LOG.debug("Cannot ask for the steps' figures", e);
      see(Map.of(), System.nanoTime());
    } catch (RuntimeException e) {
      LOG.warn("Cannot ask for the steps' figures", e);
    }
  }

  /** Takes in what was counted until a moment. */
  void see(Map<String, List<StepFigures>> counted, long nanos) {
    Set<String> gone = new HashSet<>(board.keySet());
    gone.removeAll(counted.keySet());
    gone.forEach(
        pipeline -> {
          board.remove(pipeline);
          samples.remove(pipeline);
        });
    counted.forEach((pipeline, steps) -> see(pipeline, steps, nanos));
  }

  private void see(String pipeline, List<StepFigures> steps, long nanos) {
    Map<String, StepFigures> byId = new HashMap<>();
    steps.forEach(step -> byId.put(step.id(), step));
    Deque<Sample> known = samples.computeIfAbsent(pipeline, any -> new ArrayDeque<>());
    if (!known.isEmpty() && beganAnew(known.getLast().steps(), byId)) {
      known.clear();
    }
    known.addLast(new Sample(nanos, byId));
    while (known.size() > KEPT) {
      known.removeFirst();
    }
    Sample first = known.getFirst();
    double seconds = (nanos - first.nanos()) / 1e9;
    Map<String, Pace> paces = new HashMap<>();
    byId.forEach(
        (id, now) -> {
          Optional<StepFigures> before = Optional.ofNullable(first.steps().get(id));
          paces.put(
              id,
              new Pace(
                  rate(before, now, seconds, StepFigures::recordsIn),
                  rate(before, now, seconds, StepFigures::recordsOut),
                  rate(before, now, seconds, StepFigures::failed),
                  now.busy(),
                  now.backPressured(),
                  now.latency(),
                  now.request()));
        });
    board.put(pipeline, paces);
  }

  /** A job that was started again counts from zero. */
  private static boolean beganAnew(Map<String, StepFigures> before, Map<String, StepFigures> now) {
    return !before.keySet().equals(now.keySet())
        || now.values().stream()
            .anyMatch(
                step ->
                    step.recordsIn().orElse(0L)
                        < before.getOrDefault(step.id(), step).recordsIn().orElse(0L));
  }

  private static Optional<Double> rate(
      Optional<StepFigures> before,
      StepFigures now,
      double seconds,
      Function<StepFigures, Optional<Long>> count) {
    Optional<Long> then = before.flatMap(count);
    Optional<Long> current = count.apply(now);
    return seconds < 1 || then.isEmpty() || current.isEmpty()
        ? Optional.empty()
        : Optional.of(Math.max(0, current.get() - then.get()) / seconds);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
