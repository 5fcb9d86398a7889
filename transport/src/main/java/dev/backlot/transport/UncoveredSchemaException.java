package dev.backlot.transport;

/**
 * A record was met whose schema the plan does not cover: retrying can't help, planning anew can.
 */
final class UncoveredSchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the record and the schema. */
  UncoveredSchemaException(String topic, int partition, long offset, int schemaId) {
    super(
        "Cannot read record '%s/%d/%d': its schema %d is not covered by the pipeline's plan."
            .formatted(topic, partition, offset, schemaId));
  }
}
