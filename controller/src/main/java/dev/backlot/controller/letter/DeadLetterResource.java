package dev.backlot.controller.letter;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A pipeline's dead letters. */
@RestController
public final class DeadLetterResource {
  private static final int MOST = 10_000;

  private final DocumentStore documents;
  private final DataPlane dataPlane;
  private final DeadLetterItems items;

  /** Serves the letters of declared pipelines. */
  public DeadLetterResource(DocumentStore documents, DataPlane dataPlane, DeadLetterItems items) {
    this.documents = documents;
    this.dataPlane = dataPlane;
    this.items = items;
  }

  @GetMapping("/api/v1/pipelines/{name}/deadletters")
  Map<String, Object> list(
      @PathVariable String name,
      @RequestParam(defaultValue = "" + DeadLetterItems.PAGE) int limit) {
    check(name, "list");
    return Map.of("items", items.ofPipeline(name, Math.max(1, Math.min(limit, MOST))));
  }

  /** Replays waiting letters: those of a step, those of some ids, or all. */
  @PostMapping("/api/v1/pipelines/{name}/deadletters/replay")
  Map<String, Object> replay(@PathVariable String name, @RequestBody Map<String, Object> which) {
    check(name, "replay");
    Object step = which.getOrDefault("step", "");
    List<String> ids = DeadLetterItems.ids(which.getOrDefault("ids", List.of()));
    if (step.equals("") && ids.isEmpty() && !Boolean.TRUE.equals(which.get("all"))) {
      throw new ProblemException(
          ProblemCode.SPEC_MISSING_FIELD,
          "Cannot replay dead letters of pipeline '"
              + name
              + "': the request does not say which. Give a 'step', 'ids', or 'all': true.");
    }
    return dataPlane.replay(name, String.valueOf(step), ids);
  }

  private void check(String pipeline, String verb) {
    if (documents.find(SpecKind.PIPELINE, pipeline).isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot "
              + verb
              + " dead letters of pipeline '"
              + pipeline
              + "': there is none of this name. See `backlot get pipelines`.");
    }
  }
}
