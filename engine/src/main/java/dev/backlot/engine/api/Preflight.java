package dev.backlot.engine.api;

import dev.backlot.model.Problem;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.List;
import java.util.function.Consumer;

/** Checks a connection before it is accepted; capture does it. Called from several threads. */
public interface Preflight {
  /** Returns what is missing, and the Sources that the connection would have. Never throws. */
  Result check(ConnectionSpec connection);

  /**
   * Checks the server step by step and lists its tables.
   *
   * @param listener hears each event as it happens; what it throws ends the checkup
   */
  void checkup(ConnectionSpec connection, Consumer<CheckupEvent> listener);

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
