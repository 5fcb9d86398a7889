package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.spec.SpecReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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

  /** Returns the Sources that a pipeline publishes. */
  public static List<String> published(PipelineSpec pipeline) {
    return pipeline.steps().stream().flatMap(step -> step.publish().stream()).toList();
  }

  /** Returns the connection that feeds a Source; empty when a pipeline publishes it. */
  public static Optional<String> connection(String source) {
    return PublishedName.is(source)
        ? Optional.empty()
        : Optional.of(SourceName.parse(source).connection());
  }

  /** Returns the pipelines that read one of some Sources and are not being deleted. */
  public static List<String> pipelinesReading(
      Collection<String> sources, List<StoredDocument> documents) {
    List<String> readers = new ArrayList<>();
    for (StoredDocument document : documents) {
      if (document.kind() == SpecKind.PIPELINE
          && !document.deleting()
          && pipeline(document).map(Usage::sources).orElse(List.of()).stream()
              .anyMatch(sources::contains)) {
        readers.add(document.name());
      }
    }
    return readers;
  }

  private static List<String> pipelinesBehind(String pipeline, List<StoredDocument> documents) {
    return documents.stream()
        .filter(document -> document.kind() == SpecKind.PIPELINE)
        .filter(document -> document.name().equals(pipeline))
        .flatMap(document -> pipeline(document).stream())
        .flatMap(spec -> pipelinesReading(published(spec), documents).stream())
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
              .anyMatch(source -> connection(source).equals(Optional.of(connection)))) {
        users.add(document.name());
      }
    }
    return users;
  }

  /** Returns the pipelines that ask an endpoint and are not being deleted. */
  public static List<String> pipelinesAsking(String endpoint, List<StoredDocument> documents) {
    List<String> users = new ArrayList<>();
    for (StoredDocument document : documents) {
      if (document.kind() == SpecKind.PIPELINE
          && !document.deleting()
          && pipeline(document).stream()
              .flatMap(pipeline -> pipeline.steps().stream())
              .anyMatch(
                  step ->
                      step.role() == StepSpec.Role.PROCESSOR
                          && endpoint.equals(step.config().get("endpoint")))) {
        users.add(document.name());
      }
    }
    return users;
  }

  /** Returns the pipelines for which a connection, an endpoint or a pipeline must stay. */
  static List<String> pipelinesNeeding(SpecKind kind, String name, List<StoredDocument> documents) {
    return switch (kind) {
      case CONNECTION -> pipelinesOf(name, documents);
      case ENDPOINT -> pipelinesAsking(name, documents);
      case PIPELINE -> pipelinesBehind(name, documents);
      case AUDIT, ROUTE, SOURCE -> List.of();
    };
  }

  static Problem inUse(SpecKind kind, String name, List<String> pipelines) {
    String uses = kind == SpecKind.ENDPOINT ? "ask" : "read";
    String what =
        switch (kind) {
          case CONNECTION -> " its Sources";
          case PIPELINE -> " what it publishes";
          default -> " it";
        };
    return Problem.of(
        ProblemCode.IN_USE,
        "Cannot delete "
            + kind.label().toLowerCase(Locale.ROOT)
            + " '"
            + name
            + "': "
            + (pipelines.size() == 1 ? "pipeline " : "pipelines ")
            + String.join(", ", pipelines)
            + (pipelines.size() == 1 ? " " + uses + "s" : " " + uses)
            + what
            + ". Delete "
            + (pipelines.size() == 1 ? "it" : "them")
            + (kind == SpecKind.PIPELINE
                ? " first, or delete it with --orphan, which keeps what it published."
                : " first."));
  }
}
