package dev.backlot.benchmarks.report;

/** What a side of a comparison is. */
public enum Role {
  /** What no solution could exceed on this machine. */
  LIMIT,
  /** The product. */
  OURS,
  /** Another solution. */
  PEER
}
