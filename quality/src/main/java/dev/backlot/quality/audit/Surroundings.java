package dev.backlot.quality.audit;

import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import java.util.Optional;

/** Whether a table and its Source are in a state that allows comparing them. Thread-safe. */
final class Surroundings {
  private final PipelineStore pipelines;
  private final SourceStore sources;

  Surroundings(PipelineStore pipelines, SourceStore sources) {
    this.pipelines = pipelines;
    this.sources = sources;
  }

  /**
   * Looks.
   *
   * @throws NotNowException when the pipeline does not run the plan that the mapping was made of,
   *     or the Source's topic does not hold the whole table in the plan's epoch
   */
  void check(Subject subject) {
    String name = subject.mapping().pipeline();
    Status pipeline =
        pipelines
            .find(name)
            .orElseThrow(() -> new NotNowException("Pipeline '" + name + "' is gone."));
    switch (pipeline.state()) {
      case RUNNING, CATCHING_UP -> {}
      default ->
          throw new NotNowException(
              "Pipeline '" + name + "' is " + pipeline.state().label() + ". " + pipeline.reason());
    }
    if (!pipeline.planHash().equals(subject.planHash())) {
      throw new NotNowException("Pipeline '" + name + "' has another plan since.");
    }
    String sourceName = subject.mapping().source();
    Optional<StoredSource> source = sources.find(sourceName);
    if (source.isEmpty()) {
      throw new NotNowException("Source '" + sourceName + "' is gone.");
    }
    if (source.get().descriptor().epoch() != subject.mapping().epoch()) {
      throw new NotNowException(
          "Source '" + sourceName + "' was built anew, and the pipeline reads the old topic.");
    }
    if (source.get().state() != SourceStore.State.STREAMING) {
      throw new NotNowException(
          "Source '"
              + sourceName
              + "' is "
              + source.get().state().label()
              + ". "
              + source.get().reason());
    }
  }
}
