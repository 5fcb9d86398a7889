package dev.backlot.warehouse.query;

import dev.backlot.model.platform.PlatformConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How query processes run.
 *
 * @param classpath of the child processes, or empty to take the parts that they need from this
 *     process's own
 * @param scratch directory for the children's temporary files; its content is deleted
 * @param processes most children at a time; each runs one query
 * @param memoryMegabytes DuckDB's memory per child; larger intermediate results go to scratch
 * @param threads DuckDB's threads per child
 * @param idle how long a child without work is kept
 * @param niceness of the children; 0 for the same priority as everything else
 */
public record QuerySettings(
    String classpath,
    Path scratch,
    int processes,
    int memoryMegabytes,
    int threads,
    Duration idle,
    int niceness) {
  /** Settings of children of usual priority. */
  public QuerySettings(
      String classpath,
      Path scratch,
      int processes,
      int memoryMegabytes,
      int threads,
      Duration idle) {
    this(classpath, scratch, processes, memoryMegabytes, threads, idle, 0);
  }

  /** Returns the defaults of an installation. */
  public static QuerySettings of(PlatformConfig config) {
    int threads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    Path scratch = config.dataDir().resolve("run").resolve("query");
    return new QuerySettings(
        config.queryClasspath(), scratch, 4, 1024, threads, Duration.ofMinutes(10));
  }

  /**
   * Returns the defaults of queries that run while nobody waits for them.
   *
   * @param name of their scratch directory
   */
  public static QuerySettings ofBackground(PlatformConfig config, String name) {
    Path scratch = config.dataDir().resolve("run").resolve(name);
    return new QuerySettings(
        config.queryClasspath(), scratch, 3, 384, 1, Duration.ofMinutes(1), 10);
  }
}
