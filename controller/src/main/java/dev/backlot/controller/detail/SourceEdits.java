package dev.backlot.controller.detail;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.Place;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SourceSpec;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.SpecHeader;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what people say about a Source, as another revision of its document. */
final class SourceEdits {
  private final DocumentStore documents;
  private final SourceStore sources;
  private final ChangePlanner planner;
  private final Masks masks;

  SourceEdits(DocumentStore documents, SourceStore sources, ChangePlanner planner, Masks masks) {
    this.documents = documents;
    this.sources = sources;
    this.planner = planner;
    this.masks = masks;
  }

  /**
   * What is to be said instead of what stands. What is left out stays.
   *
   * @param expectedRevision the one that was looked at; 0 for none
   * @param fields what is said about some fields; one of which nothing is said is taken out
   */
  record Edit(
      long expectedRevision,
      @Nullable String owner,
      @Nullable String domain,
      @Nullable String description,
      @Nullable Map<String, FieldEdit> fields,
      @Nullable String message) {}

  /** What is to be said about a field. */
  record FieldEdit(
      @Nullable String description, @Nullable String unit, @Nullable List<String> tags) {
    FieldNote note() {
      return new FieldNote(
          description == null ? "" : description,
          unit == null ? "" : unit,
          tags == null ? List.of() : tags);
    }
  }

  /** Returns whether a caller may say something about the Sources of a team. */
  static boolean mayEdit(Caller caller, String owner) {
    return caller.has(Role.ADMIN) || (caller.has(Role.OWNER) && caller.isIn(owner));
  }

  /**
   * Writes an edit; returns the revision that stands then.
   *
   * @throws ProblemException with CONFLICT when somebody else wrote meanwhile
   */
  long write(String written, Edit edit, Caller caller) {
    String name = SourceItems.find(sources, written, "describe").descriptor().name();
    String owner = masks.locks().owner(name);
    String newOwner = edit.owner() == null ? "" : edit.owner();
    if (!mayEdit(caller, owner) || (!newOwner.isEmpty() && !mayEdit(caller, newOwner))) {
      throw new ProblemException(
          ProblemCode.FORBIDDEN,
          "Cannot describe source '"
              + name
              + "': it belongs to "
              + (owner.isEmpty() ? "no team, so only an admin may" : "team '" + owner + "'")
              + ". Ask them, or an admin.");
    }
    SourceSpec stands = stands(name);
    Map<String, FieldNote> notes = new LinkedHashMap<>(stands.fields());
    Optional.ofNullable(edit.fields())
        .orElse(Map.of())
        .forEach(
            (field, said) -> {
              if (said.note().equals(FieldNote.NONE)) {
                notes.remove(field);
              } else {
                notes.put(field, said.note());
              }
            });
    SourceSpec spec =
        new SourceSpec(
            new SpecHeader(
                SpecKind.SOURCE,
                name,
                or(edit.owner(), stands.header().owner()),
                or(edit.description(), stands.header().description()),
                stands.header().labels(),
                Place.NOWHERE),
            or(edit.domain(), stands.domain()),
            notes);
    String json = SpecWriter.toJson(spec);
    SpecReader.read("", json).orThrow();
    planner.check("", json, caller);
    String message = edit.message() == null ? "" : edit.message();
    return documents
        .write(
            List.of(
                new Write(
                    SpecKind.SOURCE, name, json, edit.expectedRevision(), caller.name(), message)),
            List.of())
        .get(0);
  }

  private static String or(@Nullable String given, String otherwise) {
    return given == null ? otherwise : given;
  }

  private SourceSpec stands(String name) {
    return documents
        .find(SpecKind.SOURCE, name)
        .flatMap(document -> Usage.spec(document.json()))
        .filter(SourceSpec.class::isInstance)
        .map(SourceSpec.class::cast)
        .orElseGet(
            () ->
                new SourceSpec(
                    new SpecHeader(SpecKind.SOURCE, name, "", "", Map.of(), Place.NOWHERE),
                    "",
                    Map.of()));
  }
}
