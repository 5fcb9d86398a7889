package dev.backlot.controller.schema;

import dev.backlot.registry.ClientRegistry;
import dev.backlot.registry.RegisteredSchema;
import dev.backlot.registry.SchemaIndex;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** Subjects and their versions. Schemas mean the same whatever their attributes' order. */
@RegistryApi
public final class SubjectResource {
  private final ClientRegistry registry;

  /** Serves this registry. */
  public SubjectResource(ClientRegistry registry) {
    this.registry = registry;
  }

  @GetMapping("/registry/subjects")
  SortedSet<String> subjects(
      @RequestParam(defaultValue = "") String subjectPrefix,
      @RequestParam(defaultValue = "false") boolean deleted,
      @RequestParam(defaultValue = "false") boolean deletedOnly) {
    String prefix = Bodies.prefix(subjectPrefix);
    return registry.read(
        index -> {
          SortedSet<String> names =
              new TreeSet<>(
                  deleted || deletedOnly ? index.subjectsEvenDeleted() : index.subjects());
          if (deletedOnly) {
            names.removeAll(index.subjects());
          }
          names.removeIf(name -> !name.startsWith(prefix));
          return names;
        });
  }

  /** Looks up whether a subject has a schema. */
  @PostMapping("/registry/subjects/{subject}")
  Map<String, Object> lookUp(
      @PathVariable String subject,
      @RequestParam(defaultValue = "false") boolean deleted,
      @RequestBody(required = false) byte @Nullable [] body) {
    return Bodies.version(registry.lookUp(Bodies.subject(subject), Bodies.schema(body), deleted));
  }

  @DeleteMapping("/registry/subjects/{subject}")
  List<Integer> deleteSubject(
      @PathVariable String subject, @RequestParam(defaultValue = "false") boolean permanent) {
    return registry.deleteSubject(Bodies.subject(subject), permanent);
  }

  @GetMapping("/registry/subjects/{subject}/versions")
  List<Integer> versions(
      @PathVariable String subject,
      @RequestParam(defaultValue = "false") boolean deleted,
      @RequestParam(defaultValue = "false") boolean deletedOnly) {
    return registry.read(
        index ->
            ClientRegistry.versions(index, Bodies.subject(subject), deleted || deletedOnly).stream()
                .filter(version -> version.deleted() || !deletedOnly)
                .map(RegisteredSchema::version)
                .toList());
  }

  @PostMapping("/registry/subjects/{subject}/versions")
  Map<String, Object> register(
      @PathVariable String subject, @RequestBody(required = false) byte @Nullable [] body) {
    return Map.of("id", registry.register(Bodies.subject(subject), Bodies.schema(body)).id());
  }

  @GetMapping("/registry/subjects/{subject}/versions/{version}")
  Map<String, Object> version(
      @PathVariable String subject,
      @PathVariable String version,
      @RequestParam(defaultValue = "false") boolean deleted) {
    return Bodies.version(registry.read(index -> find(index, subject, version, deleted)));
  }

  @GetMapping("/registry/subjects/{subject}/versions/{version}/schema")
  String bareSchema(
      @PathVariable String subject,
      @PathVariable String version,
      @RequestParam(defaultValue = "false") boolean deleted) {
    return registry.read(index -> find(index, subject, version, deleted)).avro();
  }

  /** Lists the ids of schemas that refer to a version. */
  @GetMapping("/registry/subjects/{subject}/versions/{version}/referencedby")
  List<Integer> referencedBy(@PathVariable String subject, @PathVariable String version) {
    return registry.read(
        index -> {
          RegisteredSchema found = find(index, subject, version, true);
          return index.referrers(found.subject(), found.version()).stream()
              .filter(referrer -> !referrer.deleted())
              .map(RegisteredSchema::id)
              .distinct()
              .toList();
        });
  }

  @DeleteMapping("/registry/subjects/{subject}/versions/{version}")
  int deleteVersion(
      @PathVariable String subject,
      @PathVariable String version,
      @RequestParam(defaultValue = "false") boolean permanent) {
    return registry.deleteVersion(Bodies.subject(subject), version, permanent);
  }

  private static RegisteredSchema find(
      SchemaIndex index, String subject, String version, boolean deleted) {
    return ClientRegistry.find(index, Bodies.subject(subject), version, deleted);
  }
}
