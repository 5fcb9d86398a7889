package dev.backlot.controller.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.Head;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What people say about Sources, and who answers for connections and pipelines, each document read
 * once per revision. Thread-safe.
 */
public final class Descriptions {
  private final DocumentStore documents;
  private final Map<SpecKind, Map<String, Described>> known = new ConcurrentHashMap<>();

  /** Reads from a store. */
  public Descriptions(DocumentStore documents) {
    this.documents = documents;
  }

  /**
   * What a document says.
   *
   * @param domain of Sources only, or empty
   * @param fields of Sources only
   */
  public record Described(
      String name,
      long revision,
      String owner,
      String description,
      String domain,
      Map<String, FieldNote> fields) {
    /** Nothing is said. */
    public static final Described NOTHING = new Described("", 0, "", "", "", Map.of());

    /** Returns what is said about a field. */
    public FieldNote field(String field) {
      return fields.getOrDefault(field, FieldNote.NONE);
    }
  }

  /** Returns what is said of every document of a kind that is not being deleted, by name. */
  public Map<String, Described> of(SpecKind kind) {
    Map<String, Described> before = known.getOrDefault(kind, Map.of());
    Map<String, Described> now = new HashMap<>();
    List<String> changed = new ArrayList<>();
    for (Head head : documents.heads(kind)) {
      Described same = before.get(head.name());
      if (same != null && same.revision() == head.revision()) {
        now.put(head.name(), same);
      } else {
        changed.add(head.name());
      }
    }
    if (!changed.isEmpty()) {
      documents.list(kind, changed).forEach(document -> now.put(document.name(), read(document)));
    }
    Map<String, Described> kept = Map.copyOf(now);
    known.put(kind, kept);
    return kept;
  }

  /** Returns what is said of one document. */
  public Optional<Described> find(SpecKind kind, String name) {
    return documents.find(kind, name).filter(found -> !found.deleting()).map(Descriptions::read);
  }

  private static Described read(StoredDocument document) {
    JsonNode json = Json.readTree(document.json());
    Map<String, FieldNote> fields = new LinkedHashMap<>();
    if (document.kind() == SpecKind.SOURCE) {
      json.path("fields")
          .fields()
          .forEachRemaining(field -> fields.put(field.getKey(), note(field.getValue())));
    }
    return new Described(
        document.name(),
        document.revision(),
        json.path("owner").asText(""),
        json.path("description").asText(""),
        document.kind() == SpecKind.SOURCE ? json.path("domain").asText("") : "",
        fields);
  }

  private static FieldNote note(JsonNode field) {
    List<String> tags = new ArrayList<>();
    field.path("tags").forEach(tag -> tags.add(tag.asText()));
    return new FieldNote(field.path("description").asText(""), field.path("unit").asText(""), tags);
  }
}
