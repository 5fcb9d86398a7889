package dev.backlot.controller.pipeline;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.Revision;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.PipelineSpec.DesiredState;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.SpecWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Commands on one pipeline. */
@RestController
public final class PipelineResource {
  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final ChangePlanner planner;
  private final Reconciler reconciler;
  private final PipelineItems items;

  /** Commands these pipelines. */
  public PipelineResource(
      DocumentStore documents,
      PipelineStore pipelines,
      ChangePlanner planner,
      Reconciler reconciler,
      PipelineItems items) {
    this.documents = documents;
    this.pipelines = pipelines;
    this.planner = planner;
    this.reconciler = reconciler;
    this.items = items;
  }

  @PostMapping("/api/v1/pipelines/{name}/pause")
  Object pause(@PathVariable String name) {
    return setState(name, DesiredState.PAUSED, "pause");
  }

  @PostMapping("/api/v1/pipelines/{name}/resume")
  Object resume(@PathVariable String name) {
    return setState(name, DesiredState.RUNNING, "resume");
  }

  private Object setState(String name, DesiredState state, String verb) {
    StoredDocument document = find(name, verb);
    PipelineSpec pipeline = spec(document, verb);
    if (pipeline.state() != state) {
      write(document, SpecWriter.toJson(pipeline.withState(state)), verb);
    }
    return show(name);
  }

  /** Stops the job and starts it again under a fresh plan, where its tables stand. */
  @PostMapping("/api/v1/pipelines/{name}/restart")
  Object restart(@PathVariable String name) {
    StoredDocument document = find(name, "restart");
    if (spec(document, "restart").state() == DesiredState.PAUSED) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot restart pipeline '" + name + "': it is paused. Resume it instead.");
    }
    pipelines.requestRestart(name);
    reconciler.wake();
    return show(name);
  }

  /** Writes an earlier revision, by default the one before, as the newest. */
  @PostMapping("/api/v1/pipelines/{name}/rollback")
  Object rollback(@PathVariable String name, @RequestParam(defaultValue = "0") long revision) {
    StoredDocument document = find(name, "roll back");
    List<Revision> revisions = documents.revisions(SpecKind.PIPELINE, name);
    Optional<Revision> target =
        revisions.stream()
            .filter(
                r -> revision == 0 ? r.revision() < document.revision() : r.revision() == revision)
            .findFirst();
    if (target.isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot roll back pipeline '"
              + name
              + "': there is no "
              + (revision == 0 ? "earlier revision" : "revision " + revision)
              + ". See `backlot describe pipeline "
              + name
              + "`.");
    }
    if (!target.get().json().equals(document.json())) {
      planner.check("revision " + target.get().revision(), target.get().json(), Callers.current());
      write(document, target.get().json(), "rollback to " + target.get().revision());
    }
    return show(name);
  }

  /** Returns the deployed plan. */
  @GetMapping("/api/v1/pipelines/{name}/plan")
  Object plan(@PathVariable String name) {
    find(name, "show the plan of");
    return pipelines
        .deployedPlan(name)
        .map(Json::readMap)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot show the plan of pipeline '"
                        + name
                        + "': none is deployed yet. See its status."));
  }

  private void write(StoredDocument document, String json, String message) {
    documents.write(
        List.of(
            new Write(
                SpecKind.PIPELINE,
                document.name(),
                json,
                document.revision(),
                Callers.current().name(),
                message)),
        List.of());
    reconciler.wake();
  }

  private Object show(String name) {
    return items.find(name, Items.Effort.CHEAP).<Object>map(item -> item).orElse(Map.of());
  }

  private StoredDocument find(String name, String verb) {
    return documents
        .find(SpecKind.PIPELINE, name)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot "
                        + verb
                        + " pipeline '"
                        + name
                        + "': there is none of this name. See `backlot get pipelines`."));
  }

  private static PipelineSpec spec(StoredDocument document, String verb) {
    if (document.deleting()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot "
              + verb
              + " pipeline '"
              + document.name()
              + "': it is being deleted. Apply it again once it is gone.");
    }
    return Usage.pipeline(document)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.INTERNAL,
                    "Cannot "
                        + verb
                        + " pipeline '"
                        + document.name()
                        + "': its document can't be read by this version. Apply it again."));
  }
}
