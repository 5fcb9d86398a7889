package dev.backlot.engine.progress;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far a pipeline is.
 *
 * @param lagRecords records in its Sources' topics that a table may lack
 * @param lagSeconds how long the oldest of them has been waiting; 0 when there is none
 * @param rate records a second that its tables took in, between the last two calls
 * @param deadLetters records that failed and wait to be replayed
 * @param skipped records that failed and were skipped since the job started
 * @param marks per sink or {@code publish:} with a published Source, topic and partition: the first
 *     offset that the table may lack
 * @param tables the same of each table
 * @param publications the same of each published Source
 * @param sources what is lacked of each Source
 */
public record PipelineProgress(
    long lagRecords,
    Optional<Double> lagSeconds,
    Optional<Double> rate,
    long deadLetters,
    long skipped,
    Map<String, Map<String, Long>> marks,
    List<TableProgress> tables,
    List<PublicationProgress> publications,
    List<SourceProgress> sources) {
  /** Copies what is mutable. */
  public PipelineProgress {
    publications = List.copyOf(publications);
    tables = List.copyOf(tables);
    sources = List.copyOf(sources);
  }

  /** How far one table is; as of the pipeline. */
  public record TableProgress(
      String sink, String table, long lagRecords, Optional<Double> lagSeconds) {}

  /** How far one published Source is; as of the pipeline. */
  public record PublicationProgress(String source, long lagRecords, Optional<Double> lagSeconds) {}

  /**
   * What is lacked of one of the plan's sources.
   *
   * @param id in the plan
   * @param partitionsWithoutMark partitions of which a table or published Source has never said how
   *     far it is: what it lacks of them is unknown, and all of them are counted in the lag
   */
  public record SourceProgress(
      String id,
      String source,
      int partitions,
      int partitionsWithoutMark,
      long lagRecords,
      Optional<Double> lagSeconds) {}

  /** Returns the same progress with how many records failed. */
  public PipelineProgress withFailures(long waiting, long skippedRecords) {
    return new PipelineProgress(
        lagRecords,
        lagSeconds,
        rate,
        waiting,
        skippedRecords,
        marks,
        tables,
        publications,
        sources);
  }
}
