package dev.backlot.model.source;

import java.util.List;

/**
 * A Source as its connector describes it: enough to plan a pipeline that reads it.
 *
 * @param name {@code connection.schema.table}, quoted where identifiers are not plain
 * @param connection the Connection that feeds it
 * @param schema the table's schema, as written in the database
 * @param table the table, as written in the database
 * @param epoch counts rebuilds of the topic, from 1
 * @param topic the Kafka topic of this epoch
 * @param partitions of the topic, fixed for the epoch
 * @param keyColumns in key order; empty for an append-only Source of a keyless table
 * @param keySchema Avro JSON of the record key's current schema, or empty when keyless
 * @param valueSchema Avro JSON of the envelope's current schema
 * @param keySchemaIds ids of every key schema in this epoch, oldest first; empty for a Source that
 *     is only discovered
 * @param valueSchemaIds ids of every envelope schema in this epoch, oldest first; empty for a
 *     Source that is only discovered
 */
public record SourceDescriptor(
    String name,
    String connection,
    String schema,
    String table,
    int epoch,
    String topic,
    int partitions,
    List<String> keyColumns,
    String keySchema,
    String valueSchema,
    List<Integer> keySchemaIds,
    List<Integer> valueSchemaIds) {
  /** Copies what is mutable. */
  public SourceDescriptor {
    keyColumns = List.copyOf(keyColumns);
    keySchemaIds = List.copyOf(keySchemaIds);
    valueSchemaIds = List.copyOf(valueSchemaIds);
  }
}
