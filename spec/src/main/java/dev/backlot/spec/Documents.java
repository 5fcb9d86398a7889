package dev.backlot.spec;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.Spec;
import java.util.List;

/**
 * What was read from one or more files.
 *
 * @param specs the documents without problems, in reading order
 * @param problems everything that is wrong, in reading order
 */
public record Documents(List<Spec> specs, List<Problem> problems) {
  /** Copies what is mutable. */
  public Documents {
    specs = List.copyOf(specs);
    problems = List.copyOf(problems);
  }

  /**
   * Returns the specs.
   *
   * @throws ProblemException with every problem, when there is any
   */
  public List<Spec> orThrow() {
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return specs;
  }
}
