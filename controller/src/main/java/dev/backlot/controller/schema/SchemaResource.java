package dev.backlot.controller.schema;

import dev.backlot.registry.ClientRegistry;
import dev.backlot.registry.Refusal;
import dev.backlot.registry.RefusedException;
import dev.backlot.registry.RegisteredSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Schemas by their ids. */
@RegistryApi
public final class SchemaResource {
  private final ClientRegistry registry;

  /** Serves this registry. */
  public SchemaResource(ClientRegistry registry) {
    this.registry = registry;
  }

  @GetMapping("/registry/schemas")
  List<Map<String, Object>> schemas(
      @RequestParam(defaultValue = "") String subjectPrefix,
      @RequestParam(defaultValue = "false") boolean deleted,
      @RequestParam(defaultValue = "false") boolean latestOnly,
      @RequestParam(defaultValue = "0") int offset,
      @RequestParam(defaultValue = "-1") int limit) {
    String prefix = Bodies.prefix(subjectPrefix);
    List<RegisteredSchema> versions =
        registry.read(
            index ->
                index.subjectsEvenDeleted().stream()
                    .filter(subject -> subject.startsWith(prefix))
                    .map(
                        subject ->
                            deleted ? index.versionsEvenDeleted(subject) : index.versions(subject))
                    .flatMap(
                        all ->
                            latestOnly
                                ? all.stream().skip(Math.max(0, all.size() - 1))
                                : all.stream())
                    .toList());
    return versions.stream()
        .skip(Math.max(0, offset))
        .limit(limit < 0 ? Long.MAX_VALUE : limit)
        .map(Bodies::version)
        .toList();
  }

  @GetMapping("/registry/schemas/types")
  List<String> types() {
    return List.of("AVRO");
  }

  @GetMapping("/registry/schemas/ids/{id}")
  Map<String, Object> byId(
      @PathVariable String id, @RequestParam(defaultValue = "false") boolean fetchMaxId) {
    Map<String, Object> answer = new LinkedHashMap<>(Bodies.schema(find(id)));
    if (fetchMaxId) {
      answer.put("maxId", registry.read(index -> index.highestId()));
    }
    return answer;
  }

  @GetMapping("/registry/schemas/ids/{id}/schema")
  String bareSchema(@PathVariable String id) {
    return find(id).avro();
  }

  @GetMapping("/registry/schemas/ids/{id}/subjects")
  List<String> subjects(
      @PathVariable String id,
      @RequestParam(defaultValue = "") String subject,
      @RequestParam(defaultValue = "false") boolean deleted) {
    return uses(id, subject, deleted).map(RegisteredSchema::subject).distinct().toList();
  }

  @GetMapping("/registry/schemas/ids/{id}/versions")
  List<Map<String, Object>> versions(
      @PathVariable String id,
      @RequestParam(defaultValue = "") String subject,
      @RequestParam(defaultValue = "false") boolean deleted) {
    return uses(id, subject, deleted)
        .map(
            use -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("subject", use.subject());
              map.put("version", use.version());
              return map;
            })
        .toList();
  }

  private Stream<RegisteredSchema> uses(String id, String subject, boolean deleted) {
    int known = find(id).id();
    return registry.read(index -> index.uses(known)).stream()
        .filter(use -> deleted || !use.deleted())
        .filter(use -> subject.isEmpty() || use.subject().equals(Bodies.subject(subject)));
  }

  private RegisteredSchema find(String id) {
    try {
      int number = Integer.parseInt(id);
      return registry.byId(number).orElseThrow(() -> notFound(id));
    } catch (NumberFormatException e) {
      throw notFound(id);
    }
  }

  private static RefusedException notFound(String id) {
    return new RefusedException(Refusal.SCHEMA_NOT_FOUND, "Schema " + id + " not found");
  }
}
