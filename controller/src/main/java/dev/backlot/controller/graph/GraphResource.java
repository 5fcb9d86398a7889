package dev.backlot.controller.graph;

import dev.backlot.metadata.HistoryStore;
import dev.backlot.metadata.HistoryStore.Moment;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Pipelines as graphs, and what was measured of them and their steps. */
@RestController
public final class GraphResource {
  private static final int LONGEST_MINUTES = 7 * 24 * 60;

  private final PipelineGraphs graphs;
  private final HistoryStore history;

  /** Shows these. */
  public GraphResource(PipelineGraphs graphs, HistoryStore history) {
    this.graphs = graphs;
    this.history = history;
  }

  @GetMapping("/api/v1/pipelines/{name}/graph")
  PipelineGraph graph(@PathVariable String name) {
    return graphs.of(name).orElseThrow(() -> notFound(name, "draw"));
  }

  /**
   * Readings of one moment after another.
   *
   * @param step the step; empty for the whole pipeline
   * @param stepSeconds how far apart readings are
   * @param times seconds since 1970; moments at which nothing was noted are left out
   * @param series by name, a reading per time; null where it is unknown
   */
  record Readings(
      String pipeline,
      String step,
      long stepSeconds,
      List<Long> times,
      Map<String, List<@Nullable Double>> series) {}

  /**
   * Returns what was measured of a pipeline, or of one of its steps.
   *
   * @param minutes how far back; beyond six hours, a reading a minute
   */
  @GetMapping("/api/v1/pipelines/{name}/history")
  Readings history(
      @PathVariable String name,
      @RequestParam(defaultValue = "") String step,
      @RequestParam(defaultValue = "60") int minutes) {
    if (minutes < 1 || minutes > LONGEST_MINUTES) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot show the history of pipeline '%s': %d minutes are not between 1 and %d. Choose fewer."
              .formatted(name, minutes, LONGEST_MINUTES));
    }
    String subject = step.isEmpty() ? "pipeline:" + name : "step:" + name + "/" + step;
    List<String> names = history.names(subject);
    Duration back = Duration.ofMinutes(minutes);
    Step resolution = back.compareTo(Step.FINE.kept()) > 0 ? Step.COARSE : Step.FINE;
    List<Moment> moments = history.read(subject, names, resolution, Instant.now().minus(back));
    Map<String, List<@Nullable Double>> series = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      List<@Nullable Double> values = new ArrayList<>();
      for (Moment moment : moments) {
        values.add(moment.values().get(i));
      }
      series.put(names.get(i), values);
    }
    return new Readings(
        name,
        step,
        resolution.length().toSeconds(),
        moments.stream().map(moment -> moment.at().getEpochSecond()).toList(),
        new LinkedHashMap<>(series));
  }

  private static ProblemException notFound(String name, String verb) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot "
            + verb
            + " pipeline '"
            + name
            + "': there is none of this name. See `backlot get pipelines`.");
  }
}
