package dev.backlot.benchmarks.server;

/**
 * CPU time in microseconds of a side's process and of the servers that it uses.
 *
 * @param own of the side itself
 */
public record Spent(long own, long postgres, long broker) {
  /** Returns what has been used until now. */
  public static Spent now(ProcessHandle own, Servers servers) {
    return new Spent(
        CpuTime.micros(own),
        CpuTime.micros(servers.postgres().process()),
        CpuTime.micros(servers.broker()));
  }

  /** Returns what was used since then. */
  public Spent since(Spent earlier) {
    return new Spent(own - earlier.own, postgres - earlier.postgres, broker - earlier.broker);
  }
}
