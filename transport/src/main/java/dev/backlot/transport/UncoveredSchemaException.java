package dev.backlot.transport;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A record was met whose schema the plan does not cover. Ends the job once the rows before it are
 * committed, with nothing behind it read: retrying can't help, planning anew can.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class UncoveredSchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final int partition;
  private final long offset;
  private final int schemaId;

  /** Names the record and the schema. */
  public UncoveredSchemaException(String topic, int partition, long offset, int schemaId) {
    super(
        "Cannot read record '%s/%d/%d': its schema %d is not covered by the pipeline's plan. Plan the pipeline anew. [SCHEMA_NOT_COVERED]"
            .formatted(topic, partition, offset, schemaId));
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.schemaId = schemaId;
  }

  /** Returns the topic. */
  public String topic() {
    return topic;
  }

  /** Returns the partition. */
  public int partition() {
    return partition;
  }

  /** Returns the offset of the record. */
  public long offset() {
    return offset;
  }

  /** Returns the id that the plan lacks. */
  public int schemaId() {
    return schemaId;
  }
}
