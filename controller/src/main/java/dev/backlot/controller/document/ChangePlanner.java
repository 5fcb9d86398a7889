package dev.backlot.controller.document;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Change.Action;
import dev.backlot.controller.route.RouteCheck;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what applying documents would do, without doing it: reads them, compares them with what
 * stands, preflights connections and plans pipelines through the data plane. Every problem of every
 * document comes at once. Thread-safe.
 */
public final class ChangePlanner {
  private final DocumentStore documents;
  private final ConnectionCheck connectionCheck;
  private final PipelineCheck pipelineCheck;
  private final RouteCheck routeCheck;
  private final SourceCheck sourceCheck;
  private final SecretCheck secretCheck;

  /** Plans against the stored documents and the data plane. */
  public ChangePlanner(
      DocumentStore documents,
      dev.backlot.metadata.SourceStore sources,
      dev.backlot.metadata.PipelineStore pipelines,
      RouteCheck routeCheck,
      SecretAccess secrets,
      DataPlane dataPlane) {
    this.documents = documents;
    this.routeCheck = routeCheck;
    this.secretCheck = new SecretCheck(secrets);
    this.sourceCheck = new SourceCheck(sources);
    this.connectionCheck = new ConnectionCheck(sources, dataPlane);
    this.pipelineCheck = new PipelineCheck(sources, pipelines, dataPlane);
  }

  /**
   * Plans a set of files.
   *
   * @param files name → text
   * @param prune whether documents that stand but are not in the files are deleted
   * @param caller whose files they are
   * @param verb what the caller is about to do with them
   */
  ChangeSet plan(Map<String, String> files, boolean prune, Caller caller, String verb) {
    Documents read = SpecReader.readAll(files);
    List<Problem> problems = new ArrayList<>(read.problems());
    List<StoredDocument> current = documents.list();
    List<Change> changes = compare(read.specs(), current, problems);
    if (prune && read.problems().isEmpty()) {
      changes.addAll(deletions(changes, current));
    }
    problems.addAll(usageProblems(changes, current));

    SecretCheck.Findings secrets = secretCheck.check(caller, verb, changes, read.drafts(), current);
    problems.addAll(secrets.problems());
    ConnectionCheck.Findings found = connectionCheck.check(changes, read.drafts(), secrets);
    problems.addAll(found.problems());
    PipelineCheck.Findings planned =
        pipelineCheck.check(found.changes(), read.drafts(), current, found, secrets);
    problems.addAll(planned.problems());
    problems.addAll(AuditCheck.check(changes, current));
    problems.addAll(sourceCheck.check(changes));
    for (Change change : changes) {
      if (change.isWrite()
          && !secrets.refuses(change.kind(), change.name())
          && change.spec().orElse(null) instanceof RouteSpec route) {
        problems.addAll(routeCheck.check(route));
      }
    }
    return new ChangeSet(planned.changes(), problems.stream().distinct().toList());
  }

  /**
   * Checks one document as if a caller applied it.
   *
   * @throws dev.backlot.model.ProblemException with every problem
   */
  public void check(String file, String json, Caller caller) {
    plan(Map.of(file, json), false, caller, "apply").orThrow();
  }

  /** Compares documents with what stands, without looking at the world. */
  ChangeSet compareOnly(Map<String, String> files, boolean prune) {
    Documents read = SpecReader.readAll(files);
    List<Problem> problems = new ArrayList<>(read.problems());
    List<StoredDocument> current = documents.list();
    List<Change> changes = compare(read.specs(), current, problems);
    if (prune) {
      changes.addAll(deletions(changes, current));
    }
    return new ChangeSet(changes, problems);
  }

  private static List<Change> compare(
      List<Spec> specs, List<StoredDocument> current, List<Problem> problems) {
    Map<String, StoredDocument> byName = new HashMap<>();
    current.forEach(document -> byName.put(document.kind() + "/" + document.name(), document));
    List<Change> changes = new ArrayList<>();
    for (Spec spec : specs) {
      SpecKind kind = spec.header().kind();
      Optional<StoredDocument> stands = Optional.ofNullable(byName.get(kind + "/" + spec.name()));
      String json = SpecWriter.toJson(spec);
      Action action =
          stands.isEmpty()
              ? Action.CREATE
              : stands.get().json().equals(json) ? Action.UNCHANGED : Action.UPDATE;
      Change change =
          new Change(action, kind, spec.name(), Optional.of(spec), json, stands, Effects.NONE);
      if (stands.isPresent() && stands.get().deleting()) {
        problems.add(
            new Problem(
                ProblemCode.NOT_ALLOWED_NOW,
                "Cannot apply "
                    + change.subject()
                    + ": it is being deleted. Wait until it is gone, or delete it with --orphan.",
                spec.header().place()));
      }
      changes.add(change);
    }
    changes.sort(Comparator.comparing(Change::kind));
    return changes;
  }

  private static List<Change> deletions(List<Change> changes, List<StoredDocument> current) {
    Set<String> declared = new HashSet<>();
    changes.forEach(change -> declared.add(change.kind() + "/" + change.name()));
    List<Change> deletions = new ArrayList<>();
    for (StoredDocument document : current) {
      if (!declared.contains(document.kind() + "/" + document.name()) && !document.deleting()) {
        deletions.add(deletion(document));
      }
    }
    return deletions;
  }

  private static Change deletion(StoredDocument document) {
    Effects effects =
        document.kind() == SpecKind.PIPELINE
            ? new Effects(
                List.of(), List.of("stop " + document.name()), List.of(), List.of(), List.of())
            : Effects.NONE;
    return new Change(
        Action.DELETE,
        document.kind(),
        document.name(),
        Optional.empty(),
        "",
        Optional.of(document),
        effects);
  }

  private static List<Problem> usageProblems(List<Change> changes, List<StoredDocument> current) {
    Set<String> gone = new HashSet<>();
    for (Change change : changes) {
      if (change.action() == Action.DELETE) {
        gone.add(change.kind() + "/" + change.name());
      }
    }
    List<Problem> problems = new ArrayList<>();
    for (Change change : changes) {
      if (change.action() == Action.DELETE) {
        List<String> users =
            Usage.pipelinesNeeding(change.kind(), change.name(), current).stream()
                .filter(pipeline -> !gone.contains(SpecKind.PIPELINE + "/" + pipeline))
                .toList();
        if (!users.isEmpty()) {
          problems.add(Usage.inUse(change.kind(), change.name(), users).at(Place.NOWHERE));
        }
      }
    }
    return problems;
  }
}
