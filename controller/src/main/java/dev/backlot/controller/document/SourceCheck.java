package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.SourceSpec;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.spec.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that what is said about a Source is said about fields that it has. What stands already may
 * stay: a column can be dropped after it was described. A Source that is not there yet may be
 * described ahead.
 */
final class SourceCheck {
  private final SourceStore sources;

  SourceCheck(SourceStore sources) {
    this.sources = sources;
  }

  List<Problem> check(List<Change> changes) {
    List<Problem> problems = new ArrayList<>();
    for (Change change : changes) {
      if (change.isWrite() && change.spec().orElse(null) instanceof SourceSpec source) {
        fields(source.name()).ifPresent(known -> check(source, change, known, problems));
      }
    }
    return problems;
  }

  private static void check(
      SourceSpec source, Change change, List<String> known, List<Problem> problems) {
    Set<String> before =
        change
            .current()
            .map(StoredDocument::json)
            .flatMap(Usage::spec)
            .filter(SourceSpec.class::isInstance)
            .map(stored -> ((SourceSpec) stored).fields().keySet())
            .orElse(Set.of());
    for (String field : source.fields().keySet()) {
      if (!known.contains(field) && !before.contains(field)) {
        problems.add(
            new Problem(
                ProblemCode.PIPELINE_UNKNOWN_FIELD,
                "Cannot apply %s: the Source has no field '%s'. %s"
                    .formatted(change.subject(), field, Suggestion.sentence(field, known)),
                source.header().place()));
      }
    }
  }

  /** Returns a Source's fields; nothing when it is not there, or when its schema is not ours. */
  private Optional<List<String>> fields(String source) {
    try {
      return sources
          .find(source)
          .map(found -> AvroSchemas.rowSchema(AvroSchemas.parse(found.descriptor().valueSchema())))
          .map(schema -> schema.fields().stream().map(Field::name).toList());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
