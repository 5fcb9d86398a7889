package dev.backlot.engine.api;

import dev.backlot.model.Problem;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.List;

/** Checks a connection before it is accepted; capture does it. Called from several threads. */
@FunctionalInterface
public interface Preflight {
  /** Returns what is missing, and the Sources that the connection would have. Never throws. */
  Result check(ConnectionSpec connection);

  /**
   * What a preflight found.
   *
   * @param advice what should be changed, though nothing forbids to capture without
   */
  record Result(List<Problem> problems, List<SourceDescriptor> sources, List<String> advice) {
    /** Copies what is mutable. */
    public Result {
      problems = List.copyOf(problems);
      sources = List.copyOf(sources);
      advice = List.copyOf(advice);
    }
  }
}
