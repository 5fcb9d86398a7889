package dev.backlot.controller.document;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Ownership;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.List;
import java.util.Locale;

/** Asks for deletions; the reconciler cleans up and then removes. */
public final class Deletion {
  private final DocumentStore documents;
  private final Reconciler reconciler;
  private final Ownership ownership;

  /** Deletes in this store. */
  public Deletion(DocumentStore documents, Reconciler reconciler, Ownership ownership) {
    this.documents = documents;
    this.reconciler = reconciler;
    this.ownership = ownership;
  }

  /**
   * Asks for a document's deletion; returns its state, {@code deleting}.
   *
   * @throws ProblemException with NOT_FOUND, with IN_USE when others need it, or with FORBIDDEN
   *     when it describes a Source that is not the caller's
   */
  public String delete(SpecKind kind, String name, boolean orphan, Caller caller) {
    // What a Source's document says decides who sees its values.
    if (kind == SpecKind.SOURCE) {
      ownership
          .refusal(caller, "delete", kind, name, "")
          .ifPresent(
              problem -> {
                throw new ProblemException(List.of(problem));
              });
    }
    List<StoredDocument> all = documents.list();
    List<String> users = Usage.pipelinesNeeding(kind, name, all);
    if (!users.isEmpty() && !(orphan && kind == SpecKind.PIPELINE)) {
      throw new ProblemException(List.of(Usage.inUse(kind, name, users)));
    }
    if (!documents.markDeleting(kind, name, orphan)) {
      String noun = kind.label().toLowerCase(Locale.ROOT);
      if (kind == SpecKind.SOURCE) {
        throw new ProblemException(
            ProblemCode.NOT_ALLOWED_NOW,
            "Cannot delete source '"
                + name
                + "': no document describes it. A Source goes when its table is taken out of the"
                + " connection, or when its pipeline publishes it no more.");
      }
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot delete "
              + noun
              + " '"
              + name
              + "': there is none of this name. See `backlot get "
              + noun
              + "s`.");
    }
    reconciler.wake();
    return "deleting";
  }
}
