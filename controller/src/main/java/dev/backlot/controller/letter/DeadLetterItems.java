package dev.backlot.controller.letter;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dead letters of all pipelines, by their ids, newest first in each pipeline. */
public final class DeadLetterItems implements Items {
  /** How many of one pipeline are listed unless the caller says otherwise. */
  static final int PAGE = 200;

  private static final List<String> STATUS = List.of("state", "code", "reason", "time", "since");

  private final DocumentStore documents;
  private final DataPlane dataPlane;

  /** Shows what the data plane keeps for the pipelines that are declared. */
  public DeadLetterItems(DocumentStore documents, DataPlane dataPlane) {
    this.documents = documents;
    this.dataPlane = dataPlane;
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
    return dataPlane.deadLetters(pipeline, most).stream().map(DeadLetterItems::item).toList();
  }

  @Override
  public Optional<Item> find(String id, Effort effort) {
    for (DocumentStore.StoredDocument pipeline : documents.list(SpecKind.PIPELINE)) {
      try {
        return Optional.of(item(dataPlane.deadLetter(pipeline.name(), id)));
      } catch (ProblemException e) {
        if (e.problems().get(0).code() != ProblemCode.NOT_FOUND) {
          throw e;
        }
      }
    }
    return Optional.empty();
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
