package dev.backlot.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.registry.Refusal;
import dev.backlot.registry.RefusedException;
import dev.backlot.registry.RegisteredSchema;
import dev.backlot.registry.SchemaReference;
import dev.backlot.registry.SchemaRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Bodies of requests and answers, with Confluent's field names. */
final class Bodies {
  private static final String ALL_CONTEXTS = ":*:";
  private static final String DEFAULT_CONTEXT = ":.:";
  private static final List<String> CONTRACT = List.of("metadata", "ruleSet");

  private Bodies() {}

  /** A body that is no JSON object. */
  static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Reads an object, whatever media type it is said to have. */
  static JsonNode object(byte @Nullable [] body) {
    try {
      JsonNode node =
          Json.readTree(new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8));
      if (node.isObject()) {
        return node;
      }
    } catch (IllegalArgumentException e) {
      // falls through: it is no JSON
    }
    throw new UnreadableException();
  }

  /** Reads a schema that a client registers, looks up or has judged. */
  static SchemaRequest schema(byte @Nullable [] body) {
    JsonNode node = object(body);
    String type = node.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO") && !node.path("schemaType").isNull()) {
      throw new RefusedException(
          Refusal.INVALID_SCHEMA,
          "Invalid schema type '%s': this registry keeps AVRO only. Write it in Avro."
              .formatted(type));
    }
    for (String field : CONTRACT) {
      if (!node.path(field).isEmpty()) {
        throw new RefusedException(
            Refusal.INVALID_SCHEMA,
            "Invalid schema: this registry keeps no %s. Leave it out.".formatted(field));
      }
    }
    if (node.path("schema").asText("").isBlank()) {
      throw new RefusedException(Refusal.INVALID_SCHEMA, "Invalid schema: it is empty.");
    }
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : node.path("references")) {
      references.add(
          new SchemaReference(
              reference.path("name").asText(""),
              subject(reference.path("subject").asText("")),
              reference.path("version").asInt(-1)));
    }
    return new SchemaRequest(
        node.path("schema").asText(),
        references,
        positive(node.path("id")),
        positive(node.path("version")));
  }

  private static OptionalInt positive(JsonNode node) {
    return node.asInt(0) > 0 ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
  }

  /** Returns a subject's name without the name of the only context that there is. */
  static String subject(String name) {
    return name.startsWith(DEFAULT_CONTEXT) ? name.substring(DEFAULT_CONTEXT.length()) : name;
  }

  /** Returns with what a subject's name must begin, without the context. */
  static String prefix(String prefix) {
    return prefix.startsWith(ALL_CONTEXTS)
        ? prefix.substring(ALL_CONTEXTS.length())
        : subject(prefix);
  }

  /** Writes a version. */
  static Map<String, Object> version(RegisteredSchema version) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("subject", version.subject());
    map.put("version", version.version());
    map.put("id", version.id());
    addReferences(map, version);
    map.put("schema", version.avro());
    return map;
  }

  /** Writes a schema without its places. */
  static Map<String, Object> schema(RegisteredSchema version) {
    Map<String, Object> map = new LinkedHashMap<>();
    addReferences(map, version);
    map.put("schema", version.avro());
    return map;
  }

  private static void addReferences(Map<String, Object> map, RegisteredSchema version) {
    if (!version.references().isEmpty()) {
      map.put("references", version.references());
    }
  }

  /** Writes an error. */
  static Map<String, Object> error(int code, String message) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("error_code", code);
    map.put("message", message);
    return map;
  }
}
