package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourcePublisher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The Sources that connectors keep, one row per captured table. Thread-safe. */
public final class SourceStore {
  private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};
  private static final TypeReference<List<Integer>> INTEGERS = new TypeReference<>() {};

  private static final TypeReference<List<SourcePublisher.Lane>> LANES = new TypeReference<>() {};

  private final Jdbi jdbi;

  SourceStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What a Source is doing. */
  public enum State {
    /** Its first dump is not finished; the log is streamed already. */
    DUMPING,
    /** The whole table is in the topic, and changes follow. */
    STREAMING,
    /** Nothing more is written; the reason says why. */
    STOPPED,
    /** Its table was taken out of the connection; the topic stays until it is purged. */
    REMOVED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A Source with what its connector says about it.
   *
   * @param dumpedRows rows that the first dump has written so far
   * @param reason why it is in this state, or empty
   */
  public record StoredSource(
      SourceDescriptor descriptor,
      State state,
      String reason,
      long dumpedRows,
      Instant createdAt,
      Instant updatedAt) {}

  /** Returns every Source that is not removed, by name. */
  public List<StoredSource> list() {
    return query("WHERE state <> 'removed'");
  }

  /** Returns how many Sources are in which state, without reading them. */
  public Map<State, Integer> counts() {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    jdbi.useHandle(
        handle ->
            handle
                .select("SELECT state, count(*) AS n FROM source GROUP BY state")
                .map(
                    (row, context) ->
                        counts.put(
                            State.valueOf(
                                row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                            row.getInt("n")))
                .list());
    return counts;
  }

  /** Returns the names of the Sources that have one of some topics now, by topic. */
  public Map<String, String> namesByTopic(Collection<String> topics) {
    Map<String, String> names = new HashMap<>();
    jdbi.useHandle(
        handle ->
            handle
                .select(
                    "SELECT topic, name FROM source WHERE state <> 'removed' AND topic = ANY (?)",
                    (Object) topics.toArray(String[]::new))
                .map((row, context) -> names.put(row.getString("topic"), row.getString("name")))
                .list());
    return names;
  }

  /** Returns the names of some Sources that are not removed, those that began last first. */
  public List<String> newest(int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT name FROM source WHERE state <> 'removed'"
                        + " ORDER BY created_at DESC, name LIMIT ?",
                    most)
                .mapTo(String.class)
                .list());
  }

  /**
   * A Source without its schemas.
   *
   * @param connection that feeds it, or empty
   * @param pipeline that publishes it, or empty
   * @param topic of this epoch
   * @param schemaIds of its envelope in this epoch, oldest first
   */
  public record SourceHead(
      String name,
      String connection,
      String pipeline,
      String topic,
      int epoch,
      State state,
      String reason,
      List<Integer> schemaIds,
      Instant createdAt) {}

  /** Returns every Source that is not removed without its schemas, by name. */
  public List<SourceHead> heads() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT name, connection, pipeline, topic, epoch, state, reason, value_schema_ids,"
                        + " created_at FROM source WHERE state <> 'removed' ORDER BY name")
                .map(
                    (row, context) ->
                        new SourceHead(
                            row.getString("name"),
                            row.getString("connection"),
                            row.getString("pipeline"),
                            row.getString("topic"),
                            row.getInt("epoch"),
                            State.valueOf(
                                row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                            row.getString("reason"),
                            Json.read(row.getString("value_schema_ids"), INTEGERS),
                            row.getTimestamp("created_at").toInstant()))
                .list());
  }

  /** Returns those Sources that have one of some names and are not removed, by name. */
  public List<StoredSource> list(Collection<String> names) {
    return query(
        "WHERE state <> 'removed' AND name = ANY (?)", (Object) names.toArray(new String[0]));
  }

  /** Returns every Source, removed ones included, by name. */
  public List<StoredSource> listEvenRemoved() {
    return query("");
  }

  /** Returns every Source of a connection, removed ones included, by name. */
  public List<StoredSource> ofConnection(String connection) {
    return query("WHERE connection = ?", connection);
  }

  /** Returns every Source that a pipeline publishes, removed ones included, by name. */
  public List<StoredSource> ofPipeline(String pipeline) {
    return query("WHERE pipeline = ?", pipeline);
  }

  /** Returns a number that is higher than all that this gave before. */
  public long nextPublishingJob() {
    return jdbi.withHandle(
        handle -> handle.select("SELECT nextval('publishing_job')").mapTo(Long.class).one());
  }

  /** Returns a Source by its name, unless it is unknown or removed. */
  public Optional<StoredSource> find(String name) {
    return query("WHERE name = ? AND state <> 'removed'", name).stream().findFirst();
  }

  /**
   * Returns a Source by its name, removed ones included: its epoch must grow when it is captured
   * again.
   */
  public Optional<StoredSource> findEvenRemoved(String name) {
    return query("WHERE name = ?", name).stream().findFirst();
  }

  /** Writes a descriptor with a state; an existing row's dumped rows stay unless the epoch grew. */
  public void put(SourceDescriptor source, State state, String reason) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    INSERT INTO source (name, connection, schema_name, table_name, epoch, topic, partitions,
                      key_columns, key_schema, value_schema, key_schema_id, value_schema_id,
                      key_schema_ids, value_schema_ids, state, reason, pipeline, lanes, ordered_by_time)
                    VALUES (:name, :connection, :schema, :table, :epoch, :topic, :partitions,
                      CAST(:keyColumns AS jsonb), :keySchema, :valueSchema, :keyId, :valueId,
                      CAST(:keyIds AS jsonb), CAST(:valueIds AS jsonb), :state, :reason, :pipeline,
                      CAST(:lanes AS jsonb), :orderedByTime)
                    ON CONFLICT (name) DO UPDATE SET
                      connection = excluded.connection, epoch = excluded.epoch, topic = excluded.topic,
                      partitions = excluded.partitions, key_columns = excluded.key_columns,
                      key_schema = excluded.key_schema, value_schema = excluded.value_schema,
                      key_schema_id = excluded.key_schema_id, value_schema_id = excluded.value_schema_id,
                      key_schema_ids = excluded.key_schema_ids, value_schema_ids = excluded.value_schema_ids,
                      state = excluded.state, reason = excluded.reason, pipeline = excluded.pipeline,
                      lanes = excluded.lanes, ordered_by_time = excluded.ordered_by_time,
                      whole_before = source.whole_before AND source.epoch = excluded.epoch,
                      whole_before_since =
                        CASE WHEN source.epoch = excluded.epoch THEN source.whole_before_since END,
                      dumped_rows = CASE WHEN source.epoch = excluded.epoch THEN source.dumped_rows ELSE 0 END,
                      updated_at = now()
                    """)
                .bind("name", source.name())
                .bind("connection", source.connection())
                .bind("schema", source.schema())
                .bind("table", source.table())
                .bind("epoch", source.epoch())
                .bind("topic", source.topic())
                .bind("partitions", source.partitions())
                .bind("keyColumns", Json.write(source.keyColumns()))
                .bind("keySchema", source.keySchema())
                .bind("valueSchema", source.valueSchema())
                .bind("keyId", newest(source.keySchemaIds()))
                .bind("valueId", newest(source.valueSchemaIds()))
                .bind("keyIds", Json.write(source.keySchemaIds()))
                .bind("valueIds", Json.write(source.valueSchemaIds()))
                .bind("state", state.label())
                .bind("reason", reason)
                .bind("pipeline", source.publisher().pipeline())
                .bind("lanes", Json.write(source.publisher().lanes()))
                .bind("orderedByTime", source.publisher().orderedByTime())
                .execute());
  }

  /** Writes a descriptor's schemas and their ids; state and progress stay. */
  public void putSchemas(SourceDescriptor source) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    UPDATE source SET key_schema = :keySchema, value_schema = :valueSchema,
                      key_schema_id = :keyId, value_schema_id = :valueId,
                      key_schema_ids = CAST(:keyIds AS jsonb), value_schema_ids = CAST(:valueIds AS jsonb),
                      updated_at = now()
                    WHERE name = :name AND epoch = :epoch
                    """)
                .bind("name", source.name())
                .bind("epoch", source.epoch())
                .bind("keySchema", source.keySchema())
                .bind("valueSchema", source.valueSchema())
                .bind("keyId", newest(source.keySchemaIds()))
                .bind("valueId", newest(source.valueSchemaIds()))
                .bind("keyIds", Json.write(source.keySchemaIds()))
                .bind("valueIds", Json.write(source.valueSchemaIds()))
                .execute());
  }

  /**
   * Notes whether updates and deletes tell the whole row as it was.
   *
   * @param at a time of the source database after which this is so; the first one that was ever
   *     noted stays, so that changes between which tell less are not taken for older ones
   */
  public void setWholeBefore(String name, boolean whole, Instant at) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE source SET whole_before = ?, whole_before_since = CASE WHEN ? THEN"
                    + " coalesce(whole_before_since, CAST(? AS timestamptz)) ELSE"
                    + " whole_before_since END WHERE name = ?",
                whole,
                whole,
                at.toString(),
                name));
  }

  /** Changes only the state and its reason; a removed Source stays so until it is put again. */
  public void setState(String name, State state, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE source SET state = ?, reason = ?, updated_at = now() WHERE name = ? AND state"
                    + " <> 'removed'",
                state.label(),
                reason,
                name));
  }

  /** Sets how many rows the first dump has written. */
  public void setDumpedRows(String name, long rows) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE source SET dumped_rows = ?, updated_at = now() WHERE name = ?",
                rows,
                name));
  }

  private List<StoredSource> query(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM source " + where + " ORDER BY name", arguments)
                .map((row, context) -> read(row))
                .list());
  }

  private static StoredSource read(ResultSet row) throws SQLException {
    SourceDescriptor descriptor =
        new SourceDescriptor(
            row.getString("name"),
            row.getString("connection"),
            row.getString("schema_name"),
            row.getString("table_name"),
            row.getInt("epoch"),
            row.getString("topic"),
            row.getInt("partitions"),
            Json.read(row.getString("key_columns"), STRINGS),
            row.getString("key_schema"),
            row.getString("value_schema"),
            Json.read(row.getString("key_schema_ids"), INTEGERS),
            Json.read(row.getString("value_schema_ids"), INTEGERS),
            row.getBoolean("whole_before")
                ? row.getTimestamp("whole_before_since").toInstant().toString()
                : "",
            new SourcePublisher(
                row.getString("pipeline"),
                Json.read(row.getString("lanes"), LANES),
                row.getBoolean("ordered_by_time")));
    return new StoredSource(
        descriptor,
        State.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
        row.getString("reason"),
        row.getLong("dumped_rows"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }

  private static int newest(List<Integer> ids) {
    return ids.isEmpty() ? 0 : ids.get(ids.size() - 1);
  }
}
