package dev.backlot.controller.schema;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.web.Json;
import dev.backlot.registry.RegisteredSchema;
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
    return store.subjects().stream().flatMap(subject -> find(subject, effort).stream()).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    List<RegisteredSchema> versions = store.versions(name);
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    RegisteredSchema newest = versions.get(versions.size() - 1);
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("type", "AVRO");
    spec.put("schema", Json.readTree(newest.avro()));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", "registered");
    status.put("reason", "");
    status.put("revision", newest.version());
    status.put("id", newest.id());
    status.put("versions", versions.stream().map(RegisteredSchema::version).toList());
    return Optional.of(new Item("Schema", name, spec, status));
  }
}
