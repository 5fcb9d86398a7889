package dev.backlot.transport;

import dev.backlot.model.ProblemCode;
import dev.backlot.schema.SystemColumn;
import java.io.Serializable;
import java.time.Instant;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;

/**
 * A record that a step could not process. An operator that fails a row drops it, sends this to its
 * side output {@link #TAG} instead, before the next barrier, and goes on, whatever the pipeline's
 * error policy is: what stands behind the side output stops the job, keeps the record or counts it.
 * The mark of no table passes the record before that is done.
 *
 * @param step id of the step that failed, or of the source step when the record can't be decoded
 * @param source the Source read, as rows carry it
 * @param epoch of the Source's topic
 * @param partition of the topic
 * @param offset of the record
 * @param code what kind of problem it is
 * @param reason why it failed, a clause without a final stop
 * @param time when it failed
 */
public record DeadLetter(
    String step,
    String source,
    int epoch,
    int partition,
    long offset,
    ProblemCode code,
    String reason,
    Instant time)
    implements Serializable {

  /** The side output of every operator that can fail a row. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", new SerializedType<>(DeadLetter.class));

  /**
   * Returns the letter of a row, whose system columns tell which record it came from.
   *
   * @param ownFields how many columns stand before the system columns
   */
  public static DeadLetter ofRow(
      String step, RowData row, int ownFields, ProblemCode code, String reason, Instant time) {
    return new DeadLetter(
        step,
        row.getString(ownFields + SystemColumn.SOURCE.ordinal()).toString(),
        row.getInt(ownFields + SystemColumn.EPOCH.ordinal()),
        row.getInt(ownFields + SystemColumn.PARTITION.ordinal()),
        row.getLong(ownFields + SystemColumn.OFFSET.ordinal()),
        code,
        reason,
        time);
  }
}
