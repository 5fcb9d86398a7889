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
 * @param drafts what could be read of documents with problems: pipelines without their broken
 *     steps, connections as far as they go; good for finding more problems, never to be applied
 */
public record Documents(List<Spec> specs, List<Problem> problems, List<Spec> drafts) {
  /** Copies what is mutable. */
  public Documents {
    specs = List.copyOf(specs);
    problems = List.copyOf(problems);
    drafts = List.copyOf(drafts);
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
