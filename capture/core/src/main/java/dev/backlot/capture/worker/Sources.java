package dev.backlot.capture.worker;

import dev.backlot.capture.log.SourceTopics;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourceName;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.KeySchemas;
import dev.backlot.schema.Names;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/** Keeps the Sources of one connection: schemas registered, topics made, rows written. */
public final class Sources {
  /** Partitions of a new topic. */
  public static final int PARTITIONS = 4;

  private static final String CONTROL_SUBJECT = "backlot.control";

  private final MetadataDatabase metadata;
  private final SchemaStore schemas;
  private final SourceTopics topics;
  private final Map<String, SourceDescriptor> prepared = new HashMap<>();

  /** Keeps them with these stores. */
  public Sources(MetadataDatabase metadata, SchemaStore schemas, SourceTopics topics) {
    this.metadata = metadata;
    this.schemas = schemas;
    this.topics = topics;
  }

  /** Returns the id of the schema of control records. */
  public int controlSchemaId() {
    return schemas.register(CONTROL_SUBJECT, AvroSchemas.CONTROL);
  }

  /** Returns a Source that is captured already, unless it is unknown or was removed. */
  public Optional<SourceStore.StoredSource> find(SourceName name) {
    return metadata.sources().find(name.toString());
  }

  /**
   * Prepares a Source for a table that is not captured yet: an epoch above every earlier one, its
   * topic and its schemas. It becomes visible with {@link #publish}.
   */
  public synchronized SourceDescriptor prepare(
      SourceName name, String schema, String table, RowSchema rows) {
    int epoch =
        metadata
            .sources()
            .findEvenRemoved(name.toString())
            .map(stored -> stored.descriptor().epoch() + 1)
            .orElse(1);
    String topic = Names.topic(name, epoch);
    int partitions = topics.ensure(topic, PARTITIONS, !rows.keyColumns().isEmpty());
    SourceDescriptor source =
        describe(
            new SourceDescriptor(
                name.toString(),
                name.connection(),
                schema,
                table,
                epoch,
                topic,
                partitions,
                rows.keyColumns(),
                "",
                "",
                List.of(),
                List.of()),
            rows);
    prepared.put(source.name(), source);
    return source;
  }

  /** Makes a prepared Source visible and asks for its first dump. */
  public synchronized void publish(SourceDescriptor source) {
    SourceDescriptor evolved = prepared.remove(source.name());
    metadata.sources().put(evolved == null ? source : evolved, SourceStore.State.DUMPING, "");
    metadata.dumps().request(source.name(), source.epoch(), source.connection(), true, "", null);
  }

  /**
   * Registers another shape of a Source's rows and returns what is known of it then.
   *
   * @throws ProblemException when the Source is not captured any more, or its key has changed
   */
  public SourceDescriptor evolve(String name, RowSchema rows) {
    return evolve(
        metadata
            .sources()
            .find(name)
            .map(SourceStore.StoredSource::descriptor)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_ALLOWED_NOW,
                        "Cannot write source '"
                            + name
                            + "': its table is not captured any more. Capture it again first.")),
        rows);
  }

  /**
   * Registers another shape of the rows of a Source's epoch, be it visible yet or not, and returns
   * what is known of it then. When rows are told apart by all of their values, those written before
   * have another shape than the deletes that follow, so a dump is asked for.
   *
   * @throws ProblemException when its key has changed
   */
  public synchronized SourceDescriptor evolve(SourceDescriptor source, RowSchema rows) {
    SourceDescriptor fresh = prepared.get(source.name());
    if (fresh != null && fresh.epoch() == source.epoch()) {
      SourceDescriptor described = describe(fresh, rows);
      prepared.put(source.name(), described);
      return described;
    }
    SourceDescriptor stored =
        metadata
            .sources()
            .findEvenRemoved(source.name())
            .map(SourceStore.StoredSource::descriptor)
            .filter(found -> found.epoch() == source.epoch())
            .orElse(source);
    SourceDescriptor evolved = describe(stored, rows);
    if (!evolved.equals(stored)) {
      metadata.sources().putSchemas(evolved);
      boolean byValues = rows.keyColumns().isEmpty() && !stored.wholeBeforeSince().isEmpty();
      if (byValues && columnsDiffer(stored, rows)) {
        metadata
            .dumps()
            .request(stored.name(), stored.epoch(), stored.connection(), false, "", null);
      }
    }
    return evolved;
  }

  private static boolean columnsDiffer(SourceDescriptor before, RowSchema rows) {
    RowSchema known = AvroSchemas.rowSchema(AvroSchemas.parse(before.valueSchema()));
    return !known.fieldNames().equals(rows.fieldNames())
        || IntStream.range(0, rows.fields().size())
            .anyMatch(i -> !known.fields().get(i).type().equals(rows.fields().get(i).type()));
  }

  /**
   * Returns whether keys of these rows are the same bytes as those that the Source has already, so
   * that the newest event of a key ends all earlier ones. A Source keeps the schema of its key.
   */
  public static boolean keepsKey(SourceDescriptor source, RowSchema rows) {
    if (source.keySchema().isEmpty()) {
      return true;
    }
    return KeySchemas.sameBytes(AvroSchemas.parse(source.keySchema()), AvroSchemas.key(rows));
  }

  /** Describes a Source that is only discovered: no topic, no registered schemas. */
  public static SourceDescriptor discovered(
      SourceName name, String schema, String table, RowSchema rows) {
    return new SourceDescriptor(
        name.toString(),
        name.connection(),
        schema,
        table,
        1,
        Names.topic(name, 1),
        PARTITIONS,
        rows.keyColumns(),
        rows.keyColumns().isEmpty() ? "" : AvroSchemas.key(rows).toString(),
        AvroSchemas.envelope(rows).toString(),
        List.of(),
        List.of());
  }

  private SourceDescriptor describe(SourceDescriptor source, RowSchema rows) {
    Schema value = AvroSchemas.envelope(rows);
    List<Integer> valueIds =
        with(source.valueSchemaIds(), schemas.register(source.topic() + "-value", value));
    String keyJson = source.keySchema();
    List<Integer> keyIds = source.keySchemaIds();
    if (!keyIds.isEmpty() && !keepsKey(source, rows)) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot write source '"
              + source.name()
              + "': its key has changed. It is dumped into a new topic by itself.");
    }
    if (keyIds.isEmpty() && !rows.keyColumns().isEmpty()) {
      Schema key = AvroSchemas.key(rows);
      keyIds = with(keyIds, schemas.register(source.topic() + "-key", key));
      keyJson = key.toString();
    }
    return new SourceDescriptor(
        source.name(),
        source.connection(),
        source.schema(),
        source.table(),
        source.epoch(),
        source.topic(),
        source.partitions(),
        source.keyColumns(),
        keyJson,
        value.toString(),
        keyIds,
        valueIds,
        source.wholeBeforeSince());
  }

  /** The newest stands last, also when it was known before. */
  private static List<Integer> with(List<Integer> ids, int id) {
    List<Integer> all = new ArrayList<>(ids);
    all.remove(Integer.valueOf(id));
    all.add(id);
    return all;
  }
}
