package dev.backlot.controller.blackbox;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import java.util.List;

/** Asks for dumps of keys. Thread-safe. */
final class KeyedDumps {
  private final SourceStore sources;
  private final DumpStore dumps;

  KeyedDumps(MetadataDatabase metadata) {
    this.sources = metadata.sources();
    this.dumps = metadata.dumps();
  }

  /**
   * Asks for a dump.
   *
   * @param keys texts in the Source's key order
   * @return its id
   * @throws ProblemException NOT_FOUND when the Source is not captured
   */
  long request(String source, List<List<String>> keys) {
    SourceDescriptor found =
        sources
            .find(source)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot dump source '"
                            + source
                            + "': there is none of this name. See `backlot get sources`."))
            .descriptor();
    return dumps.request(found.name(), found.epoch(), found.connection(), false, "", keys);
  }
}
