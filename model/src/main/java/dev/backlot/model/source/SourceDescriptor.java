package dev.backlot.model.source;

import java.util.List;

/**
 * A Source as its connector describes it: enough to plan a pipeline that reads it.
 *
 * @param name {@code connection.schema.table}, quoted where identifiers are not plain; of a
 *     published Source one plain identifier
 * @param connection the Connection that feeds it; empty when a pipeline publishes it
 * @param schema the table's schema, as written in the database; empty likewise
 * @param table the table, as written in the database; empty likewise
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
 * @param wholeBeforeSince since when every update and delete tells the whole row as it was, as an
 *     ISO-8601 instant of the database; empty while they don't
 * @param publisher the pipeline that publishes it, if one does
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
    List<Integer> valueSchemaIds,
    String wholeBeforeSince,
    SourcePublisher publisher) {
  /** Copies what is mutable. */
  public SourceDescriptor {
    keyColumns = List.copyOf(keyColumns);
    keySchemaIds = List.copyOf(keySchemaIds);
    valueSchemaIds = List.copyOf(valueSchemaIds);
    wholeBeforeSince = wholeBeforeSince == null ? "" : wholeBeforeSince;
    publisher = publisher == null ? SourcePublisher.NONE : publisher;
  }

  /** A Source whose changes tell no more than the key of the row as it was. */
  public SourceDescriptor(
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
    this(
        name,
        connection,
        schema,
        table,
        epoch,
        topic,
        partitions,
        keyColumns,
        keySchema,
        valueSchema,
        keySchemaIds,
        valueSchemaIds,
        "",
        SourcePublisher.NONE);
  }

  /** A Source that a connection feeds. */
  public SourceDescriptor(
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
      List<Integer> valueSchemaIds,
      String wholeBeforeSince) {
    this(
        name,
        connection,
        schema,
        table,
        epoch,
        topic,
        partitions,
        keyColumns,
        keySchema,
        valueSchema,
        keySchemaIds,
        valueSchemaIds,
        wholeBeforeSince,
        SourcePublisher.NONE);
  }

  /** Returns the same Source with other envelope schemas. */
  public SourceDescriptor withValueSchemas(String newValueSchema, List<Integer> newIds) {
    return new SourceDescriptor(
        name,
        connection,
        schema,
        table,
        epoch,
        topic,
        partitions,
        keyColumns,
        keySchema,
        newValueSchema,
        keySchemaIds,
        newIds,
        wholeBeforeSince,
        publisher);
  }

  /** Returns the same Source with rows that are identified by other columns. */
  public SourceDescriptor withKey(List<String> newKeyColumns) {
    return new SourceDescriptor(
        name,
        connection,
        schema,
        table,
        epoch,
        topic,
        partitions,
        newKeyColumns,
        keySchema,
        valueSchema,
        keySchemaIds,
        valueSchemaIds,
        wholeBeforeSince,
        publisher);
  }

  /** Returns the same Source with what is known of its rows as they were. */
  public SourceDescriptor withWholeBeforeSince(String since) {
    return new SourceDescriptor(
        name,
        connection,
        schema,
        table,
        epoch,
        topic,
        partitions,
        keyColumns,
        keySchema,
        valueSchema,
        keySchemaIds,
        valueSchemaIds,
        since,
        publisher);
  }
}
