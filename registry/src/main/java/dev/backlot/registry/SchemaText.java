package dev.backlot.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * A schema as a client gave it, read by Avro.
 *
 * @param schema with everything that its references define
 * @param avro as Avro writes it, naming what its references define
 */
record SchemaText(Schema schema, String avro, List<SchemaReference> references) {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /**
   * Reads a schema.
   *
   * @param references to versions that the index has
   * @throws RefusedException when it is no Avro schema, or a reference leads nowhere
   */
  static SchemaText read(String avro, List<SchemaReference> references, SchemaIndex index) {
    Map<SchemaReference, Schema> known = new LinkedHashMap<>();
    List<SchemaReference> pinned = new ArrayList<>();
    for (SchemaReference reference : references) {
      RegisteredSchema version = find(reference, index);
      pinned.add(new SchemaReference(reference.name(), reference.subject(), version.version()));
      resolve(version, index, known);
    }
    Schema schema = parse(avro, known);
    String text = known.isEmpty() ? schema.toString() : schema.toString(known.values(), false);
    return new SchemaText(schema, text, List.copyOf(pinned));
  }

  /** Reads a registered schema again. */
  static Schema schema(RegisteredSchema version, SchemaIndex index) {
    Map<SchemaReference, Schema> known = new LinkedHashMap<>();
    version.references().forEach(reference -> resolve(find(reference, index), index, known));
    return parse(version.avro(), known);
  }

  /** Returns the same text for all texts that differ in white space and attributes' order only. */
  static String canonical(String avro) {
    try {
      return MAPPER.writeValueAsString(MAPPER.readValue(avro, Object.class));
    } catch (JsonProcessingException e) {
      return avro;
    }
  }

  private static void resolve(
      RegisteredSchema version, SchemaIndex index, Map<SchemaReference, Schema> known) {
    SchemaReference place = new SchemaReference("", version.subject(), version.version());
    if (known.containsKey(place)) {
      return;
    }
    version.references().forEach(reference -> resolve(find(reference, index), index, known));
    known.put(place, parse(version.avro(), known));
  }

  private static RegisteredSchema find(SchemaReference reference, SchemaIndex index) {
    List<RegisteredSchema> versions = index.versionsEvenDeleted(reference.subject());
    return (reference.version() == -1
            ? index.latest(reference.subject()).stream()
            : versions.stream().filter(version -> version.version() == reference.version()))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.INVALID_SCHEMA,
                    "Invalid schema: it refers to subject '%s', version %d, which is not registered."
                        .formatted(reference.subject(), reference.version())));
  }

  private static Schema parse(String avro, Map<SchemaReference, Schema> known) {
    try {
      Schema.Parser parser = new Schema.Parser();
      Map<String, Schema> types = new LinkedHashMap<>();
      known.values().forEach(schema -> collect(schema, types));
      parser.addTypes(types.values());
      return parser.parse(avro);
    } catch (RuntimeException | StackOverflowError e) {
      throw new RefusedException(
          Refusal.INVALID_SCHEMA,
          "Invalid schema: " + Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }

  /** Collects named types, those that stand inside others too. */
  private static void collect(Schema schema, Map<String, Schema> types) {
    switch (schema.getType()) {
      case RECORD -> {
        if (types.putIfAbsent(schema.getFullName(), schema) == null) {
          schema.getFields().forEach(field -> collect(field.schema(), types));
        }
      }
      case ENUM, FIXED -> types.putIfAbsent(schema.getFullName(), schema);
      case ARRAY -> collect(schema.getElementType(), types);
      case MAP -> collect(schema.getValueType(), types);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, types));
      default -> {
        // primitives have no name
      }
    }
  }
}
