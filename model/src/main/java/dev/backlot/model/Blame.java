package dev.backlot.model;

/** Who can mend a problem; decides exit codes and HTTP statuses. */
public enum Blame {
  /** The spec or command is wrong: exit code 1, HTTP 4xx. */
  USER,
  /** A database, service or permission outside Backlot is not as needed: exit code 1, HTTP 422. */
  EXTERNAL,
  /** Backlot itself failed or can't be reached: exit code 70, HTTP 5xx. */
  PLATFORM
}
