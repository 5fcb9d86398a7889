package dev.backlot.registry;

import dev.backlot.event.AvroInput;
import dev.backlot.event.AvroOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the records of the schemas topic mean, in their order. A record's value is two strings in
 * Avro's encoding, the subject and the schema's JSON; records with other keys are not ours.
 */
final class SchemaIndex {
  private static final String KEY_PREFIX = "schema/";

  private final Map<String, Integer> idByContent = new HashMap<>();
  private final Map<Integer, String> contentById = new HashMap<>();
  private final TreeMap<String, List<RegisteredSchema>> bySubject = new TreeMap<>();

  static byte[] encode(String subject, String avro) {
    AvroOutput out = new AvroOutput(avro.length() + subject.length() + 16);
    out.writeString(subject);
    out.writeString(avro);
    return out.toByteArray();
  }

  void add(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null
        || value == null
        || !new String(key, StandardCharsets.UTF_8).startsWith(KEY_PREFIX)) {
      return;
    }
    AvroInput in = new AvroInput();
    in.reset(value, 0, value.length);
    String subject = in.readString();
    String avro = in.readString();
    Integer known = idByContent.get(avro);
    int id = known == null ? Math.toIntExact(offset + 1) : known;
    if (known == null) {
      idByContent.put(avro, id);
      contentById.put(id, avro);
    }
    if (id(subject, avro).isEmpty()) {
      List<RegisteredSchema> versions =
          bySubject.computeIfAbsent(subject, unused -> new ArrayList<>());
      versions.add(new RegisteredSchema(subject, versions.size() + 1, id, avro));
    }
  }

  Optional<Integer> id(String subject, String avro) {
    return bySubject.getOrDefault(subject, List.of()).stream()
        .filter(version -> version.avro().equals(avro))
        .map(RegisteredSchema::id)
        .findFirst();
  }

  Optional<Integer> idOf(String avro) {
    return Optional.ofNullable(idByContent.get(avro));
  }

  Optional<String> byId(int id) {
    return Optional.ofNullable(contentById.get(id));
  }

  List<RegisteredSchema> versions(String subject) {
    return List.copyOf(bySubject.getOrDefault(subject, List.of()));
  }

  List<RegisteredSchema> uses(int id) {
    return bySubject.values().stream()
        .flatMap(List::stream)
        .filter(version -> version.id() == id)
        .toList();
  }

  SortedSet<String> subjects() {
    return new TreeSet<>(bySubject.keySet());
  }
}
