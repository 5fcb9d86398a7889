package dev.backlot.controller.pipeline;

import dev.backlot.controller.document.Usage;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.PublishedName;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.util.List;
import java.util.Optional;

/** Says why a pipeline's Sources are not there yet. */
final class SourceStates {
  private final SourceStore sources;
  private final CaptureStore captures;
  private final DocumentStore documents;
  private final PipelineStore pipelines;

  SourceStates(MetadataDatabase metadata) {
    this.sources = metadata.sources();
    this.captures = metadata.captures();
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
  }

  /**
   * Returns the Sources of a pipeline that are not there yet but will be, since their connection is
   * about to be captured as it is declared now, or a pipeline that is declared publishes them.
   */
  List<String> expected(PipelineSpec pipeline) {
    return Usage.sources(pipeline).stream()
        .filter(name -> sources.find(name).isEmpty() && isExpected(name))
        .toList();
  }

  private boolean isExpected(String name) {
    Optional<String> feeding = Usage.connection(name);
    if (feeding.isEmpty()) {
      return publisher(name).isPresent();
    }
    String connection = feeding.get();
    Optional<StoredDocument> document = documents.find(SpecKind.CONNECTION, connection);
    if (document.isEmpty() || document.get().deleting()) {
      return false;
    }
    Optional<CaptureStore.Status> status = captures.status(connection);
    return status.isEmpty()
        || status.get().state() != CaptureStore.State.RUNNING
        || status.get().revision() != document.get().revision();
  }

  private Optional<String> publisher(String source) {
    return documents.list(SpecKind.PIPELINE).stream()
        .filter(document -> !document.deleting())
        .filter(
            document ->
                Usage.pipeline(document).map(Usage::published).orElse(List.of()).contains(source))
        .map(StoredDocument::name)
        .findFirst();
  }

  /** Returns what is waited for, in plain words, with the reason of the first that has one. */
  String waitingFor(List<String> names) {
    if (names.isEmpty()) {
      return "Waits for a plan.";
    }
    String why = names.stream().map(this::reason).filter(r -> !r.isEmpty()).findFirst().orElse("");
    return "Waits for "
        + (names.size() == 1 ? "Source " : "Sources ")
        + String.join(", ", names)
        + (!why.isEmpty()
            ? ": " + why
            : names.stream().allMatch(PublishedName::is)
                ? " to be published."
                : " to be captured.");
  }

  private String reason(String name) {
    Optional<String> own =
        sources.find(name).map(SourceStore.StoredSource::reason).filter(r -> !r.isEmpty());
    return own.or(
            () -> Usage.connection(name).flatMap(captures::status).map(CaptureStore.Status::reason))
        .or(
            () ->
                publisher(name)
                    .flatMap(pipelines::find)
                    .map(status -> status.reason())
                    .filter(reason -> !reason.isEmpty()))
        .orElse("");
  }
}
