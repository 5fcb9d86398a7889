package dev.backlot.spec;

import dev.backlot.model.Problem;
import dev.backlot.model.spec.PipelineSpec;
import java.util.List;
import java.util.Optional;

/**
 * What can be made of a pipeline that is still being written.
 *
 * @param pipeline its sound steps, which need not lead to a sink; never to be applied; empty when
 *     the text is no YAML or no Pipeline
 * @param problems everything that is wrong with the text, in reading order
 */
public record Sketch(Optional<PipelineSpec> pipeline, List<Problem> problems) {
  /** Copies what is mutable. */
  public Sketch {
    problems = List.copyOf(problems);
  }
}
