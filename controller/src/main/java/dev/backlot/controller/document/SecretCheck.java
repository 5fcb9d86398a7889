package dev.backlot.controller.document;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Problem;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the documents of a change set that name secrets which its caller may not use. It comes
 * before the checks that resolve secrets, and those leave out what it found.
 */
final class SecretCheck {
  private final SecretAccess secrets;

  SecretCheck(SecretAccess secrets) {
    this.secrets = secrets;
  }

  /**
   * What was found.
   *
   * @param refused documents whose secrets must not be resolved
   */
  record Findings(Set<String> refused, List<Problem> problems) {
    Findings {
      refused = Set.copyOf(refused);
      problems = List.copyOf(problems);
    }

    boolean refuses(SpecKind kind, String name) {
      return refused.contains(kind + "/" + name);
    }
  }

  /**
   * Checks what would be written.
   *
   * @param verb what the documents were handed in for
   * @param drafts documents with problems
   */
  Findings check(
      Caller caller,
      String verb,
      List<Change> changes,
      List<Spec> drafts,
      List<StoredDocument> current) {
    List<Spec> specs = new ArrayList<>(drafts);
    changes.stream().filter(Change::isWrite).forEach(change -> change.spec().ifPresent(specs::add));
    Function<Spec, List<Problem>> judge = secrets.judge(caller, verb, current);
    Set<String> refused = new HashSet<>();
    List<Problem> problems = new ArrayList<>();
    for (Spec spec : specs) {
      List<Problem> found = judge.apply(spec);
      if (!found.isEmpty()) {
        refused.add(spec.header().kind() + "/" + spec.name());
        problems.addAll(found);
      }
    }
    return new Findings(refused, problems);
  }
}
