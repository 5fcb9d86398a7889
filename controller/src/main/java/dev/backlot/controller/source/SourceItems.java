package dev.backlot.controller.source;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.evolution.Consumers;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The catalog of Sources: name, owner, key, fields, state. */
public final class SourceItems implements Items {
  private final SourceStore sources;
  private final DocumentStore documents;
  private final Consumers consumers;
  private final Descriptions descriptions;

  /** Shows the Sources that connectors keep, with what people say about them. */
  public SourceItems(MetadataDatabase metadata, Consumers consumers, Descriptions descriptions) {
    this.consumers = consumers;
    this.descriptions = descriptions;
    this.sources = metadata.sources();
    this.documents = metadata.documents();
  }

  @Override
  public String path() {
    return "sources";
  }

  @Override
  public String noun() {
    return "source";
  }

  @Override
  public List<Item> list(Effort effort) {
    Map<String, String> owners = new HashMap<>();
    List<StoredDocument> all = documents.list();
    all.forEach(d -> owners.put(d.kind() + "/" + d.name(), owner(d.json())));
    Map<String, List<Map<String, Object>>> readers = readers(all);
    Map<String, Described> described = descriptions.of(SpecKind.SOURCE);
    return sources.list().stream()
        .map(
            source ->
                item(
                    source,
                    described.getOrDefault(source.descriptor().name(), Described.NOTHING),
                    owners.getOrDefault(feederKind(source) + "/" + feeder(source), ""),
                    readers.getOrDefault(source.descriptor().name(), List.of())))
        .toList();
  }

  /** Returns the pipelines that read each Source. */
  private static Map<String, List<Map<String, Object>>> readers(List<StoredDocument> documents) {
    Map<String, List<Map<String, Object>>> readers = new HashMap<>();
    for (StoredDocument document : documents) {
      Usage.pipeline(document)
          .filter(pipeline -> !document.deleting())
          .map(Usage::sources)
          .orElse(List.of())
          .forEach(
              source ->
                  readers
                      .computeIfAbsent(source, any -> new ArrayList<>())
                      .add(Map.of("pipeline", document.name())));
    }
    return readers;
  }

  private static SpecKind feederKind(StoredSource source) {
    return source.descriptor().publisher().exists() ? SpecKind.PIPELINE : SpecKind.CONNECTION;
  }

  private static String feeder(StoredSource source) {
    SourceDescriptor descriptor = source.descriptor();
    return descriptor.publisher().exists()
        ? descriptor.publisher().pipeline()
        : descriptor.connection();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return sources
        .find(canonical(name))
        .map(
            source ->
                item(
                    source,
                    descriptions
                        .find(SpecKind.SOURCE, source.descriptor().name())
                        .orElse(Described.NOTHING),
                    owner(source),
                    consumers.ofSource(source.descriptor().name())));
  }

  /** Returns a Source's name as it is stored, whatever quotes the user wrote around it. */
  public static String canonical(String name) {
    return SourceName.canonical(name);
  }

  /**
   * Returns a Source by any spelling of its name.
   *
   * @param verb what cannot be done without it
   */
  public static StoredSource find(SourceStore sources, String name, String verb) {
    return sources
        .find(canonical(name))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot "
                        + verb
                        + " source '"
                        + name
                        + "': there is none of this name. See `backlot get sources`."));
  }

  private String owner(StoredSource source) {
    return documents
        .find(feederKind(source), feeder(source))
        .map(document -> owner(document.json()))
        .orElse("");
  }

  private static String owner(String json) {
    return Usage.spec(json).map(Spec::header).map(header -> header.owner()).orElse("");
  }

  private static Item item(
      StoredSource source,
      Described described,
      String feederOwner,
      List<Map<String, Object>> consumers) {
    SourceDescriptor descriptor = source.descriptor();
    String owner = described.owner().isEmpty() ? feederOwner : described.owner();
    Map<String, Object> spec = new LinkedHashMap<>();
    if (descriptor.publisher().exists()) {
      spec.put("pipeline", descriptor.publisher().pipeline());
      spec.put("owner", owner);
    } else {
      spec.put("connection", descriptor.connection());
      spec.put("owner", owner);
      spec.put("table", Map.of("schema", descriptor.schema(), "name", descriptor.table()));
    }
    if (!described.domain().isEmpty()) {
      spec.put("domain", described.domain());
    }
    if (!described.description().isEmpty()) {
      spec.put("description", described.description());
    }
    spec.put("topic", descriptor.topic());
    spec.put("epoch", descriptor.epoch());
    spec.put("partitions", descriptor.partitions());
    spec.put("key", descriptor.keyColumns());
    spec.put("fields", fields(descriptor, described));
    spec.put("key_schema_ids", descriptor.keySchemaIds());
    spec.put("value_schema_ids", descriptor.valueSchemaIds());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", source.state().label());
    status.put("reason", source.reason());
    status.put("since", source.updatedAt());
    status.put("revision", descriptor.epoch());
    status.put("described_revision", described.revision());
    if (!descriptor.publisher().exists()) {
      status.put("dumped_rows", source.dumpedRows());
    }
    status.put("consumers", consumers);
    return new Item("Source", descriptor.name(), spec, status);
  }

  private static List<Map<String, Object>> fields(
      SourceDescriptor descriptor, Described described) {
    List<Map<String, Object>> fields = new ArrayList<>();
    for (Field field : rowFields(descriptor)) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", field.name());
      map.put("type", field.type().toString());
      map.put("nullable", field.nullable());
      if (!field.doc().isEmpty()) {
        map.put("doc", field.doc());
      }
      FieldNote note = described.field(field.name());
      if (!note.description().isEmpty()) {
        map.put("description", note.description());
      }
      if (!note.unit().isEmpty()) {
        map.put("unit", note.unit());
      }
      if (!note.tags().isEmpty()) {
        map.put("tags", note.tags());
      }
      field.properties().forEach(map::putIfAbsent);
      fields.add(map);
    }
    return fields;
  }

  /** Returns a Source's fields; none when its schema is not one of ours. */
  public static List<Field> rowFields(SourceDescriptor descriptor) {
    try {
      return AvroSchemas.rowSchema(AvroSchemas.parse(descriptor.valueSchema())).fields();
    } catch (RuntimeException e) {
      return List.of();
    }
  }
}
