package dev.backlot.controller.schema;

import dev.backlot.model.ProblemException;
import dev.backlot.registry.RegisteredSchema;
import dev.backlot.registry.SchemaStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The schema registry's REST API with Confluent's paths, bodies, media type and error codes, so
 * that ordinary Kafka tools find the schemas of our topics. Avro only; nothing is deleted.
 */
@RestController
@RequestMapping("/registry")
public final class RegistryResource {
  private static final MediaType REGISTRY =
      MediaType.parseMediaType("application/vnd.schemaregistry.v1+json");
  private static final int SUBJECT_NOT_FOUND = 40401;
  private static final int VERSION_NOT_FOUND = 40402;
  private static final int SCHEMA_NOT_FOUND = 40403;
  private static final int INVALID_SCHEMA = 42201;
  private static final int INVALID_VERSION = 42202;
  private static final int STORE_FAILED = 50001;

  private final SchemaStore store;

  /** Serves this registry. */
  public RegistryResource(SchemaStore store) {
    this.store = store;
  }

  /** What a client registers or looks up. */
  record SchemaRequest(@Nullable String schema, @Nullable String schemaType) {}

  @GetMapping({"", "/"})
  ResponseEntity<Object> root() {
    return answer(Map.of());
  }

  @GetMapping("/subjects")
  ResponseEntity<Object> subjects() {
    return answer(store.subjects());
  }

  @GetMapping("/subjects/{subject}/versions")
  ResponseEntity<Object> versions(@PathVariable String subject) {
    return answer(find(subject).stream().map(RegisteredSchema::version).toList());
  }

  @GetMapping("/subjects/{subject}/versions/{version}")
  ResponseEntity<Object> version(@PathVariable String subject, @PathVariable String version) {
    return answer(view(find(subject, version)));
  }

  @GetMapping("/subjects/{subject}/versions/{version}/schema")
  ResponseEntity<Object> bare(@PathVariable String subject, @PathVariable String version) {
    return ResponseEntity.ok().contentType(REGISTRY).body(find(subject, version).avro());
  }

  @PostMapping("/subjects/{subject}/versions")
  ResponseEntity<Object> register(
      @PathVariable String subject, @RequestBody SchemaRequest request) {
    return answer(Map.of("id", store.register(subject, parse(request))));
  }

  /** Looks up whether a subject has a schema. */
  @PostMapping("/subjects/{subject}")
  ResponseEntity<Object> lookUp(@PathVariable String subject, @RequestBody SchemaRequest request) {
    String avro = parse(request).toString();
    return answer(
        find(subject).stream()
            .filter(version -> version.avro().equals(avro))
            .findFirst()
            .map(RegistryResource::view)
            .orElseThrow(() -> new RegistryError(404, SCHEMA_NOT_FOUND, "Schema not found")));
  }

  @GetMapping("/schemas/types")
  ResponseEntity<Object> types() {
    return answer(List.of("AVRO"));
  }

  @GetMapping("/schemas/ids/{id}")
  ResponseEntity<Object> byId(@PathVariable int id) {
    return answer(Map.of("schema", schema(id)));
  }

  @GetMapping("/schemas/ids/{id}/schema")
  ResponseEntity<Object> bareById(@PathVariable int id) {
    return ResponseEntity.ok().contentType(REGISTRY).body(schema(id));
  }

  @GetMapping("/schemas/ids/{id}/versions")
  ResponseEntity<Object> uses(@PathVariable int id) {
    schema(id);
    List<Map<String, Object>> uses = new ArrayList<>();
    for (RegisteredSchema version : store.uses(id)) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("subject", version.subject());
      map.put("version", version.version());
      uses.add(map);
    }
    return answer(uses);
  }

  @GetMapping("/schemas/ids/{id}/subjects")
  ResponseEntity<Object> subjects(@PathVariable int id) {
    schema(id);
    return answer(store.uses(id).stream().map(RegisteredSchema::subject).distinct().toList());
  }

  /** What a database did is never rejected, so nothing is checked on the way in. */
  @GetMapping({"/config", "/config/{subject}"})
  ResponseEntity<Object> config() {
    return answer(Map.of("compatibilityLevel", "NONE"));
  }

  @GetMapping({"/mode", "/mode/{subject}"})
  ResponseEntity<Object> mode() {
    return answer(Map.of("mode", "READWRITE"));
  }

  @ExceptionHandler
  ResponseEntity<Object> error(RegistryError e) {
    return ResponseEntity.status(e.status)
        .contentType(REGISTRY)
        .body(body(e.code, String.valueOf(e.getMessage())));
  }

  @ExceptionHandler
  ResponseEntity<Object> error(ProblemException e) {
    return ResponseEntity.status(500)
        .contentType(REGISTRY)
        .body(body(STORE_FAILED, e.problems().get(0).message()));
  }

  private static Map<String, Object> body(int code, String message) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error_code", code);
    body.put("message", message);
    return body;
  }

  private List<RegisteredSchema> find(String subject) {
    List<RegisteredSchema> versions = store.versions(subject);
    if (versions.isEmpty()) {
      throw new RegistryError(404, SUBJECT_NOT_FOUND, "Subject '" + subject + "' not found.");
    }
    return versions;
  }

  private RegisteredSchema find(String subject, String version) {
    List<RegisteredSchema> versions = find(subject);
    if (version.equals("latest") || version.equals("-1")) {
      return versions.get(versions.size() - 1);
    }
    int number;
    try {
      number = Integer.parseInt(version);
    } catch (NumberFormatException e) {
      throw new RegistryError(
          422, INVALID_VERSION, "The specified version '" + version + "' is not valid.");
    }
    return versions.stream()
        .filter(v -> v.version() == number)
        .findFirst()
        .orElseThrow(
            () -> new RegistryError(404, VERSION_NOT_FOUND, "Version " + version + " not found."));
  }

  private String schema(int id) {
    Optional<String> avro = store.byId(id);
    return avro.orElseThrow(
        () -> new RegistryError(404, SCHEMA_NOT_FOUND, "Schema " + id + " not found"));
  }

  private static Schema parse(SchemaRequest request) {
    if (request.schemaType() != null && !request.schemaType().equals("AVRO")) {
      throw new RegistryError(
          422, INVALID_SCHEMA, "Schema type " + request.schemaType() + " is not supported.");
    }
    try {
      return new Schema.Parser().parse(String.valueOf(request.schema()));
    } catch (SchemaParseException e) {
      throw new RegistryError(422, INVALID_SCHEMA, "Invalid schema: " + e.getMessage());
    }
  }

  private static Map<String, Object> view(RegisteredSchema version) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("subject", version.subject());
    map.put("version", version.version());
    map.put("id", version.id());
    map.put("schema", version.avro());
    return map;
  }

  private static ResponseEntity<Object> answer(Object body) {
    return ResponseEntity.ok().contentType(REGISTRY).body(body);
  }

  /** An error as clients of the registry expect it. */
  private static final class RegistryError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final int code;

    RegistryError(int status, int code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }
}
