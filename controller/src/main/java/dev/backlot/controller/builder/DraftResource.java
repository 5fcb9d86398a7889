package dev.backlot.controller.builder;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DraftStore;
import dev.backlot.metadata.DraftStore.Draft;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Pipelines as they are written: what stands, and what is drafted over it. */
@RestController
public final class DraftResource {
  private final DocumentStore documents;
  private final DraftStore drafts;

  /** Serves these documents and drafts. */
  public DraftResource(DocumentStore documents, DraftStore drafts) {
    this.documents = documents;
    this.drafts = drafts;
  }

  /**
   * A draft to be saved.
   *
   * @param version the one that the change was made against; 0 for a new draft
   * @param baseRevision the pipeline's revision that it is drafted over; 0 for a new pipeline
   */
  record Save(@Nullable String text, long version, long baseRevision) {}

  @GetMapping("/api/v1/drafts")
  Map<String, Object> list() {
    List<Map<String, Object>> items = drafts.list().stream().map(DraftResource::about).toList();
    return Map.of("drafts", items);
  }

  /** What stands and what is drafted, in one answer, so that they fit together. */
  @GetMapping("/api/v1/pipelines/{name}/document")
  Map<String, Object> document(@PathVariable String name) {
    Optional<StoredDocument> stored = documents.find(SpecKind.PIPELINE, name);
    Optional<Draft> draft = drafts.find(name);
    if (stored.isEmpty() && draft.isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot open pipeline '%s': there is none of this name. See `backlot get pipelines`."
              .formatted(name));
    }
    long revision = stored.map(StoredDocument::revision).orElse(0L);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.put("revision", revision);
    answer.put("deleting", stored.map(StoredDocument::deleting).orElse(false));
    answer.put("text", drafts.text(SpecKind.PIPELINE, name, revision).orElse(""));
    stored.ifPresent(document -> answer.put("spec", Json.readMap(document.json())));
    draft.ifPresent(
        found -> {
          Map<String, Object> map = about(found);
          map.put("text", found.text());
          answer.put("draft", map);
        });
    return answer;
  }

  @PutMapping("/api/v1/drafts/{name}")
  Map<String, Object> save(@PathVariable String name, @RequestBody Save request, Caller caller) {
    if (!name.matches("[a-z][a-z0-9_]{0,49}")) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot save a draft as '%s': it is not a name. Use small letters, digits and _, at most 50."
              .formatted(name));
    }
    String text = BuilderResource.text(request.text(), "text");
    return about(drafts.save(name, request.version(), text, request.baseRevision(), caller.name()));
  }

  @DeleteMapping("/api/v1/drafts/{name}")
  Map<String, Object> discard(@PathVariable String name, @RequestParam long version) {
    if (!drafts.discard(name, version) && drafts.find(name).isPresent()) {
      throw new ProblemException(
          ProblemCode.CONFLICT,
          "Cannot discard the draft of pipeline '%s': it was saved again meanwhile. Look at it first."
              .formatted(name));
    }
    return Map.of("state", "discarded");
  }

  private static Map<String, Object> about(Draft draft) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", draft.name());
    map.put("version", draft.version());
    map.put("base_revision", draft.baseRevision());
    map.put("author", draft.author());
    map.put("saved_at", draft.savedAt());
    return map;
  }
}
