package dev.backlot.server.process;

/** Asks a service whether it does its work now. */
@FunctionalInterface
public interface Probe {
  /** Returns the answer, within a few seconds; trouble on the way is a no. */
  boolean succeeds();
}
