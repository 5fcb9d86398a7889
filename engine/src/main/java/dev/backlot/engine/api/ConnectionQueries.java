package dev.backlot.engine.api;

import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.spec.ConnectionSpec;

/** Runs users' queries in captured databases; capture does it. Called from several threads. */
@FunctionalInterface
public interface ConnectionQueries {
  /**
   * Reads a query's rows.
   *
   * @throws dev.backlot.model.ProblemException when the query is wrong or too slow, or the database
   *     can't be reached
   */
  QueryAnswer read(ConnectionSpec connection, QueryRead read);
}
