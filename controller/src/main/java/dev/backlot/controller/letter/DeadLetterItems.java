package dev.backlot.controller.letter;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Dead letters of all pipelines, by their ids, newest first in each pipeline. */
public final class DeadLetterItems implements Items {
  /** How many of one pipeline are listed unless the caller says otherwise. */
  static final int PAGE = 200;

  private static final String HIDDEN_REASON = "Hidden: it may quote a value that you may not see.";

  private static final List<String> STATUS = List.of("state", "code", "reason", "time", "since");

  private final DocumentStore documents;
  private final DataPlane dataPlane;
  private final Masks masks;

  /** Shows what the data plane keeps for the pipelines that are declared. */
  public DeadLetterItems(DocumentStore documents, DataPlane dataPlane, Masks masks) {
    this.documents = documents;
    this.dataPlane = dataPlane;
    this.masks = masks;
  }

  @Override
  public String path() {
    return "deadletters";
  }

  @Override
  public String noun() {
    return "dead letter";
  }

  @Override
  public List<Item> list(Effort effort) {
    return documents.list(SpecKind.PIPELINE).stream()
        .flatMap(pipeline -> ofPipeline(pipeline.name(), PAGE).stream())
        .toList();
  }

  /** Returns the newest dead letters of a pipeline. */
  public List<Item> ofPipeline(String pipeline, int most) {
    return dataPlane.deadLetters(pipeline, most).stream()
        .map(DeadLetterItems::item)
        .map(this::masked)
        .toList();
  }

  @Override
  public Optional<Item> find(String id, Effort effort) {
    for (DocumentStore.StoredDocument pipeline : documents.list(SpecKind.PIPELINE)) {
      try {
        return Optional.of(masked(item(dataPlane.deadLetter(pipeline.name(), id))));
      } catch (ProblemException e) {
        if (e.problems().get(0).code() != ProblemCode.NOT_FOUND) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  /** Hides what the caller may not see; a reason may quote a value. */
  private Item masked(Item item) {
    Set<String> masked =
        masks.ofSource(Callers.current(), String.valueOf(item.spec().get("source")));
    if (masked.isEmpty()) {
      return item;
    }
    Map<String, Object> spec = new LinkedHashMap<>(item.spec());
    Map<String, Object> status = new LinkedHashMap<>(item.status());
    if (spec.get("original") instanceof Map<?, ?> original) {
      spec.put("original", Masks.hideAll(List.of(original), masked).get(0));
    }
    String key = String.valueOf(spec.get("key"));
    if (masked.stream().anyMatch(field -> key.contains("\"" + field + "\""))) {
      spec.put("key", Masks.MASKED);
    }
    for (Map<String, Object> part : List.of(spec, status)) {
      part.computeIfPresent("reason", (name, reason) -> HIDDEN_REASON);
    }
    spec.put("masked", masked);
    return new Item(item.kind(), item.name(), spec, status);
  }

  private static Item item(Map<String, Object> letter) {
    Map<String, Object> spec = new LinkedHashMap<>(letter);
    Map<String, Object> status = new LinkedHashMap<>();
    for (String field : STATUS) {
      Object value = spec.remove(field);
      status.put(field, value == null ? "" : value);
    }
    String id = String.valueOf(spec.remove("id"));
    if (spec.get("original") instanceof Map<?, ?> original && original.isEmpty()) {
      spec.remove("original");
    }
    return new Item("DeadLetter", id, spec, status);
  }

  /** Returns ids of a request's list; anything else in it is passed over. */
  static List<String> ids(Object given) {
    List<String> ids = new ArrayList<>();
    if (given instanceof List<?> list) {
      list.forEach(id -> ids.add(String.valueOf(id)));
    }
    return ids;
  }
}
