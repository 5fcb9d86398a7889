package dev.backlot.controller.schema;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.registry.RegisteredSchema;
import dev.backlot.registry.SchemaIndex;
import dev.backlot.registry.SchemaStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registry's subjects, each with its newest schema. */
public final class SchemaItems implements Items {
  private final SchemaStore store;

  /** Shows this registry. */
  public SchemaItems(SchemaStore store) {
    this.store = store;
  }

  @Override
  public String path() {
    return "schemas";
  }

  @Override
  public String noun() {
    return "schema";
  }

  @Override
  public List<Item> list(Effort effort) {
    return store.read(
        index ->
            index.subjects().stream().flatMap(subject -> item(index, subject).stream()).toList());
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return store.read(index -> item(index, name));
  }

  private static Optional<Item> item(SchemaIndex index, String subject) {
    return index
        .latest(subject)
        .map(
            newest -> {
              Map<String, Object> spec = new LinkedHashMap<>();
              spec.put("type", "AVRO");
              spec.put("level", index.level(subject));
              spec.put("mode", index.mode(subject));
              if (!newest.references().isEmpty()) {
                spec.put("references", newest.references());
              }
              spec.put("schema", Json.readTree(newest.avro()));
              Map<String, Object> status = new LinkedHashMap<>();
              status.put("state", "registered");
              status.put("reason", "");
              status.put("revision", newest.version());
              status.put("id", newest.id());
              status.put("versions", versions(index.versions(subject)));
              return new Item("Schema", subject, spec, status);
            });
  }

  private static List<Map<String, Object>> versions(List<RegisteredSchema> versions) {
    return versions.stream()
        .map(
            version -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("version", version.version());
              map.put("id", version.id());
              return map;
            })
        .toList();
  }
}
