package dev.backlot.controller.detail;

import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.evolution.Evolutions.Reader;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.FieldChange;
import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.schema.evolution.SchemaVerdict;
import dev.backlot.schema.evolution.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a Source's schema has changed, and what each change means to who reads it now. */
final class SourceVersions {
  private final Evolutions evolutions;

  SourceVersions(Evolutions evolutions) {
    this.evolutions = evolutions;
  }

  /**
   * A schema of a Source.
   *
   * @param version counted from 1 in this epoch
   * @param id in the registry
   * @param fields how many it has
   * @param changes against the version before
   * @param verdicts one per pipeline that reads the Source now, for the first schema none
   */
  record Version(int version, int id, int fields, List<Changed> changes, List<Judged> verdicts) {}

  /** A difference of one field; texts are empty where there is nothing. */
  record Changed(String field, String change, String before, String after) {}

  /** What a version's changes mean to a pipeline. */
  record Judged(String pipeline, String outcome, List<JudgedField> fields) {}

  /** What a change means, with a reason. */
  record JudgedField(String field, String outcome, String use, String reason) {}

  /**
   * Returns the schemas of a Source's epoch, newest first; those that can't be read are left out.
   */
  List<Version> of(StoredSource source) {
    List<Integer> ids = source.descriptor().valueSchemaIds();
    List<Reader> readers = evolutions.readers(source.descriptor().name());
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      Optional<RowSchema> schema = evolutions.rowSchema(ids.get(i));
      Optional<RowSchema> before = i == 0 ? Optional.empty() : evolutions.rowSchema(ids.get(i - 1));
      int version = i + 1;
      int id = ids.get(i);
      schema.ifPresent(now -> versions.add(0, version(version, id, now, before, readers)));
    }
    return versions;
  }

  private static Version version(
      int version, int id, RowSchema now, Optional<RowSchema> before, List<Reader> readers) {
    return new Version(
        version,
        id,
        now.fields().size(),
        before
            .map(
                old ->
                    SchemaChanges.between(old, now).stream().map(SourceVersions::changed).toList())
            .orElse(List.of()),
        before
            .map(old -> readers.stream().map(reader -> judged(reader, old, now)).toList())
            .orElse(List.of()));
  }

  private static Changed changed(FieldChange change) {
    return new Changed(
        change.name(),
        change.kind().label(),
        change.before().map(SourceVersions::text).orElse(""),
        change.after().map(SourceVersions::text).orElse(""));
  }

  private static String text(Field field) {
    return field.name() + " " + field.type().notation() + (field.nullable() ? "" : " not null");
  }

  private static Judged judged(Reader reader, RowSchema before, RowSchema now) {
    SchemaVerdict verdict = SchemaVerdict.judge(before, now, reader.use());
    return new Judged(
        reader.pipeline(),
        verdict.outcome().label(),
        verdict.fields().stream()
            .filter(field -> field.outcome() != Outcome.SAFE || field.use().isPresent())
            .map(SourceVersions::judged)
            .toList());
  }

  private static JudgedField judged(FieldVerdict field) {
    return new JudgedField(
        field.field(),
        field.outcome().label(),
        field.use().map(Use::label).orElse("none"),
        field.reason());
  }
}
