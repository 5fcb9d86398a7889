package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what a connection lacks. Statements stand behind {@code Run:} or {@code run:} at the end
 * of a message, each with its semicolon, as an administrator can run them. For one thread.
 */
public final class Missing {
  private final ConnectionSpec spec;
  private final List<Problem> problems = new ArrayList<>();

  /** Gathers for this connection. */
  public Missing(ConnectionSpec spec) {
    this.spec = spec;
  }

  /** Returns all that was found so far, in order. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Takes note of a problem as it is. */
  public void add(Problem problem) {
    problems.add(problem);
  }

  /** Takes note of what keeps the whole connection from being captured. */
  void connection(ProblemCode code, String cause) {
    add(Problem.of(code, "Cannot capture connection '" + spec.name() + "': " + cause));
  }

  /** Takes note of what keeps one table from being captured. */
  void table(ProblemCode code, TableId table, String cause) {
    add(table(spec, code, table.toString(), cause));
  }

  static Problem table(ConnectionSpec spec, ProblemCode code, String table, String cause) {
    return Problem.of(
        code, "Cannot capture table '" + table + "' of connection '" + spec.name() + "': " + cause);
  }

  ConnectionSpec spec() {
    return spec;
  }

  /** Returns whoever logs in, for a reader. */
  String user() {
    return "user '" + spec.config().user() + "'";
  }

  /** Returns whoever logs in, as SQL needs it. */
  String role() {
    return SqlText.identifier(spec.config().user());
  }
}
