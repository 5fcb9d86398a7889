package dev.backlot.server.process;

/** Asks a running service how it is. Answers come within a few seconds; trouble is a no. */
public interface Probe {
  /** Returns whether the service does its work now. */
  boolean ready();

  /**
   * Returns whether the process reacts at all, be it with bad news: what it waits for may be down
   * for long, and restarting it would help nobody.
   */
  boolean responds();
}
