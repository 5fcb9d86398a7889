package dev.backlot.controller.document;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Ownership;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who may write which documents, and the log of who did. Thread-safe. */
public final class DocumentAccess {
  private final Ownership ownership;
  private final AccessLog log;

  /** Judges by ownership. */
  public DocumentAccess(Ownership ownership, AccessLog log) {
    this.ownership = ownership;
    this.log = log;
  }

  /**
   * Lets a set of changes pass, or none of it.
   *
   * @throws ProblemException with every change that the caller may not make
   */
  void require(Caller caller, ChangeSet set) {
    List<Problem> problems = new ArrayList<>();
    for (Change change : set.changes()) {
      boolean deletion = change.action() == Change.Action.DELETE;
      if (change.isWrite() || deletion) {
        String verb = deletion ? "delete" : "apply";
        ownership
            .refusal(caller, verb, change.kind(), change.name(), deletion ? "" : change.json())
            .ifPresent(
                problem -> {
                  problems.add(problem);
                  log.recordRefusal(
                      caller, verb, subject(change.kind().label(), change.name()), Map.of());
                });
      }
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
  }

  /** Notes what was written and deleted. */
  void record(
      Caller caller, List<Write> writes, List<Long> revisions, List<StoredDocument> deletions) {
    for (int i = 0; i < writes.size(); i++) {
      Write write = writes.get(i);
      log.record(
          caller,
          "apply",
          new Subject(
              write.kind().label().toLowerCase(Locale.ROOT),
              write.name(),
              String.valueOf(Json.readMap(write.json()).getOrDefault("owner", ""))),
          Map.of("revision", revisions.get(i)));
    }
    for (StoredDocument deletion : deletions) {
      log.record(
          caller,
          "delete",
          subject(deletion.kind().label(), deletion.name()),
          Map.of("revision", deletion.revision()));
    }
  }

  private Subject subject(String kind, String name) {
    return ownership.subject(kind, name);
  }
}
