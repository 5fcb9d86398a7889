package dev.backlot.controller.history;

import dev.backlot.metadata.HistoryStore;
import dev.backlot.metadata.HistoryStore.Moment;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Series of what was measured. */
@RestController
public final class HistoryResource {
  private static final int LONGEST_MINUTES = 7 * 24 * 60;

  private final HistoryStore store;

  /** Shows what is stored. */
  public HistoryResource(HistoryStore store) {
    this.store = store;
  }

  /**
   * Returns one subject's series, oldest reading first: {@code {"subject", "step_seconds", "times":
   * [seconds since the epoch], "series": {name: [reading or null]}}}. Moments at which nothing was
   * noted are left out.
   *
   * @param subject such as {@code pipeline:movie_report}
   * @param series names with commas between; all of the subject's unless given
   * @param minutes how far back, an hour unless given; beyond six hours, a reading a minute
   */
  @GetMapping("/api/v1/history")
  Map<String, Object> history(
      @RequestParam String subject,
      @RequestParam(required = false) @Nullable String series,
      @RequestParam(defaultValue = "60") int minutes) {
    if (minutes < 1 || minutes > LONGEST_MINUTES) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot show the history of '%s': %d minutes are not between 1 and %d. Choose fewer."
              .formatted(subject, minutes, LONGEST_MINUTES));
    }
    List<String> names =
        series == null || series.isEmpty()
            ? store.names(subject)
            : Arrays.stream(series.split(",")).map(String::strip).distinct().toList();
    Duration back = Duration.ofMinutes(minutes);
    Step step = back.compareTo(Step.FINE.kept()) > 0 ? Step.COARSE : Step.FINE;
    List<Moment> moments = store.read(subject, names, step, Instant.now().minus(back));
    Map<String, List<@Nullable Double>> values = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      List<@Nullable Double> ofName = new ArrayList<>();
      for (Moment moment : moments) {
        ofName.add(moment.values().get(i));
      }
      values.put(names.get(i), ofName);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("subject", subject);
    answer.put("step_seconds", step.length().toSeconds());
    answer.put("times", moments.stream().map(moment -> moment.at().getEpochSecond()).toList());
    answer.put("series", values);
    return answer;
  }
}
