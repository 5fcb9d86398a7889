package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import java.util.Locale;
import java.util.Optional;

/**
 * What applying would do to one document.
 *
 * @param spec what is declared; empty for a deletion
 * @param json its canonical form; empty for a deletion
 * @param current what stands now; empty for a creation
 * @param effects what happens to jobs, topics and tables
 */
record Change(
    Action action,
    SpecKind kind,
    String name,
    Optional<Spec> spec,
    String json,
    Optional<StoredDocument> current,
    Effects effects) {
  enum Action {
    CREATE,
    UPDATE,
    UNCHANGED,
    DELETE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Change withEffects(Effects newEffects) {
    return new Change(action, kind, name, spec, json, current, newEffects);
  }

  boolean isWrite() {
    return action == Action.CREATE || action == Action.UPDATE;
  }

  long currentRevision() {
    return current.map(StoredDocument::revision).orElse(0L);
  }

  /** Returns {@code pipeline 'movie_report'}. */
  String subject() {
    return kind.label().toLowerCase(Locale.ROOT) + " '" + name + "'";
  }
}
