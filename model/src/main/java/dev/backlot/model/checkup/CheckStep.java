package dev.backlot.model.checkup;

import dev.backlot.model.Problem;
import java.util.List;

/**
 * How one check went.
 *
 * @param title the check's name for people
 * @param fact what was found when all is well, or empty
 * @param problems what keeps the database from being captured
 * @param advice what should be changed, though nothing forbids to capture without
 * @param millis how long it took
 */
public record CheckStep(
    Check check,
    State state,
    String title,
    String fact,
    List<Problem> problems,
    List<String> advice,
    long millis) {
  /** Copies what is mutable. */
  public CheckStep {
    problems = List.copyOf(problems);
    advice = List.copyOf(advice);
  }

  /** How a check ends. */
  public enum State {
    OK,
    /** Capture works, but something should be changed. */
    WARNING,
    FAILED,
    /** Not checked: an earlier check failed that it depends on. */
    SKIPPED
  }
}
