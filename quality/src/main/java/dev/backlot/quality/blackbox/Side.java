package dev.backlot.quality.blackbox;

import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;

/** One of the two places that are compared. */
@FunctionalInterface
public interface Side {
  /**
   * Runs a query there, as things are now.
   *
   * @throws dev.backlot.model.ProblemException when it can't be run
   */
  QueryAnswer read(QueryRead read);
}
