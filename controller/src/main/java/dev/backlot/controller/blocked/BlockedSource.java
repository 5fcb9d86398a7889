package dev.backlot.controller.blocked;

import java.util.List;

/**
 * A Source whose change blocks a pipeline.
 *
 * @param schemaId the first schema that the pipeline can't follow
 * @param fields what breaks it, under the newest schema
 */
record BlockedSource(String source, int schemaId, List<BrokenField> fields) {
  /** Copies what is mutable. */
  BlockedSource {
    fields = List.copyOf(fields);
  }
}
