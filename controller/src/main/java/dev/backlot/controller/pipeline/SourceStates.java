package dev.backlot.controller.pipeline;

import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceName;
import java.util.List;
import java.util.Optional;

/** Says why a pipeline's Sources are not there yet. */
final class SourceStates {
  private final SourceStore sources;
  private final CaptureStore captures;

  SourceStates(MetadataDatabase metadata) {
    this.sources = metadata.sources();
    this.captures = metadata.captures();
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
        + (why.isEmpty() ? " to be captured." : ": " + why);
  }

  private String reason(String name) {
    Optional<String> own =
        sources.find(name).map(SourceStore.StoredSource::reason).filter(r -> !r.isEmpty());
    return own.orElseGet(
        () ->
            captures
                .status(SourceName.parse(name).connection())
                .map(CaptureStore.Status::reason)
                .orElse(""));
  }
}
