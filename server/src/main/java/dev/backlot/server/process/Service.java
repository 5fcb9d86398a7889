package dev.backlot.server.process;

import java.util.Optional;

/** A process that the supervisor keeps running. */
public interface Service {
  /** Returns the name in messages and files, such as {@code dataplane}. */
  String name();

  /** Returns where users reach it, such as {@code http://localhost:8080}; empty for nowhere. */
  Optional<String> url();

  /**
   * Starts the process and returns at once; whether it serves is asked of {@link Running#ready}.
   *
   * @throws dev.backlot.model.ProblemException when it can't be started
   */
  Running start();

  /** One life of the process. */
  interface Running {
    /** Returns the process. */
    ProcessHandle process();

    /** Returns whether the service does its work now; takes a few seconds at most. */
    boolean ready();

    /** Returns whether the process reacts at all; takes a few seconds at most. */
    boolean responds();

    /** Ends the process in order, then by force; returns once it is gone. */
    void stop();

    /** Does what must be done now and then while the process runs. */
    void tidy();

    /** Returns what the process said last, for the user who must know why it ended. */
    String lastWords();
  }
}
