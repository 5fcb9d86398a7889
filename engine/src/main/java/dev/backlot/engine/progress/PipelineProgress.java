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
 */
public record PipelineProgress(
    long lagRecords,
    Optional<Double> lagSeconds,
    Optional<Double> rate,
    long deadLetters,
    long skipped,
    Map<String, Map<String, Long>> marks,
    List<TableProgress> tables,
    List<PublicationProgress> publications) {
  /** Copies what is mutable. */
  public PipelineProgress {
    publications = List.copyOf(publications);
    tables = List.copyOf(tables);
  }

  /** How far one table is; as of the pipeline. */
  public record TableProgress(
      String sink, String table, long lagRecords, Optional<Double> lagSeconds) {}

  /** How far one published Source is; as of the pipeline. */
  public record PublicationProgress(String source, long lagRecords, Optional<Double> lagSeconds) {}

  /** Returns the same progress with how many records failed. */
  public PipelineProgress withFailures(long waiting, long skippedRecords) {
    return new PipelineProgress(
        lagRecords, lagSeconds, rate, waiting, skippedRecords, marks, tables, publications);
  }
}
