package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Checks that the connections which audits name are there, or come with them. Pure. */
final class AuditCheck {
  private AuditCheck() {}

  static List<Problem> check(List<Change> changes, List<StoredDocument> current) {
    Set<String> connections = new TreeSet<>();
    current.stream()
        .filter(document -> document.kind() == SpecKind.CONNECTION && !document.deleting())
        .forEach(document -> connections.add(document.name()));
    for (Change change : changes) {
      if (change.kind() == SpecKind.CONNECTION) {
        if (change.action() == Change.Action.DELETE) {
          connections.remove(change.name());
        } else {
          connections.add(change.name());
        }
      }
    }
    List<Problem> problems = new ArrayList<>();
    for (Change change : changes) {
      if (change.isWrite() && change.spec().orElse(null) instanceof AuditSpec audit) {
        Stream.of(audit.source(), audit.target())
            .map(AuditSpec.Side::connection)
            .flatMap(Optional::stream)
            .filter(name -> !connections.contains(name))
            .distinct()
            .forEach(name -> problems.add(unknown(audit, name, connections)));
      }
    }
    return problems;
  }

  private static Problem unknown(AuditSpec audit, String name, Set<String> connections) {
    return new Problem(
        ProblemCode.NOT_FOUND,
        "Cannot apply audit '"
            + audit.name()
            + "': there is no connection '"
            + name
            + "'. "
            + Suggestion.sentence(name, connections),
        audit.header().place());
  }
}
