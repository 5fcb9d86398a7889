package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.spec.SpecReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which documents need which. */
public final class Usage {
  private Usage() {}

  /** Reads a stored document back; empty when a newer version wrote what this one can't read. */
  public static Optional<Spec> spec(String json) {
    return SpecReader.read("", json).specs().stream().findFirst();
  }

  /** Reads a stored pipeline back. */
  public static Optional<PipelineSpec> pipeline(StoredDocument document) {
    return spec(document.json())
        .filter(PipelineSpec.class::isInstance)
        .map(PipelineSpec.class::cast);
  }

  /** Returns the Sources that a pipeline reads, each once. */
  public static List<String> sources(PipelineSpec pipeline) {
    return pipeline.steps().stream()
        .filter(step -> step.role() == StepSpec.Role.SOURCE)
        .map(StepSpec::type)
        .distinct()
        .toList();
  }

  /** Returns the tables that a pipeline writes. */
  public static List<String> tables(PipelineSpec pipeline) {
    return pipeline.steps().stream()
        .filter(step -> step.role() == StepSpec.Role.SINK)
        .map(step -> String.valueOf(step.config().get("table")))
        .toList();
  }

  /** Returns the pipelines that read a connection's Sources and are not being deleted. */
  static List<String> pipelinesOf(String connection, List<StoredDocument> documents) {
    List<String> users = new ArrayList<>();
    for (StoredDocument document : documents) {
      if (document.kind() == SpecKind.PIPELINE
          && !document.deleting()
          && pipeline(document).map(Usage::sources).orElse(List.of()).stream()
              .anyMatch(source -> SourceName.parse(source).connection().equals(connection))) {
        users.add(document.name());
      }
    }
    return users;
  }

  static Problem inUse(String connection, List<String> pipelines) {
    return Problem.of(
        ProblemCode.IN_USE,
        "Cannot delete connection '"
            + connection
            + "': "
            + (pipelines.size() == 1 ? "pipeline " : "pipelines ")
            + String.join(", ", pipelines)
            + (pipelines.size() == 1 ? " reads" : " read")
            + " its Sources. Delete "
            + (pipelines.size() == 1 ? "it" : "them")
            + " first.");
  }
}
