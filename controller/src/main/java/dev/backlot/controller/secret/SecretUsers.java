package dev.backlot.controller.secret;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whose documents name which secrets, as they stood at one moment: those that are being deleted
 * count until they are gone. A secret that no document names is free; any other is for the teams
 * that own one that does, and for admins. The platform's own are the admins' in any case.
 * Immutable.
 */
final class SecretUsers {
  private record Use(NamedSecret secret, String owner) {}

  /** By what is the same for references that may lead to the same secret. */
  private final Map<SecretReference, List<Use>> uses;

  private SecretUsers(Map<SecretReference, List<Use>> uses) {
    this.uses = uses;
  }

  /**
   * Looks through documents.
   *
   * @param own secrets of the platform itself, which are nobody's and so the admins'
   */
  static SecretUsers of(Collection<StoredDocument> documents, Collection<SecretReference> own) {
    Map<SecretReference, List<Use>> uses = new HashMap<>();
    for (SecretReference reference : own) {
      NamedSecret secret = new NamedSecret(reference, "");
      uses.computeIfAbsent(secret.folded(), any -> new ArrayList<>()).add(new Use(secret, ""));
    }
    for (StoredDocument document : documents) {
      JsonNode json = Json.readTree(document.json());
      String owner = json.path("owner").isTextual() ? json.path("owner").asText() : "";
      for (NamedSecret secret : named(document.kind(), json)) {
        uses.computeIfAbsent(secret.folded(), any -> new ArrayList<>()).add(new Use(secret, owner));
      }
    }
    return new SecretUsers(uses);
  }

  /**
   * Returns the secrets that a document names. Where no secret is read from files, what is called
   * {@code file} is a field of rows: it neither needs a right nor keeps others from a secret.
   */
  private static List<NamedSecret> named(SpecKind kind, JsonNode document) {
    return NamedSecret.in(document).stream()
        .filter(
            secret ->
                secret.reference() instanceof SecretReference.FromEnvironment || readsFiles(kind))
        .toList();
  }

  private static boolean readsFiles(SpecKind kind) {
    return switch (kind) {
      case CONNECTION, ENDPOINT, ROUTE -> true;
      case AUDIT, PIPELINE, SOURCE -> false;
    };
  }

  /** Returns whether a caller may name a secret in a document. */
  boolean mayUse(Caller caller, NamedSecret secret) {
    return caller.has(Role.ADMIN)
        || of(secret).isEmpty()
        || of(secret).stream()
            .anyMatch(
                use ->
                    use.secret().reference().equals(secret.reference())
                        && caller.isIn(use.owner()));
  }

  /**
   * Returns a problem for each place of a document that names a secret which the caller may not
   * use.
   *
   * @param verb what the document is handed in for, such as {@code apply} or {@code check}
   * @param begin where the document begins
   */
  List<Problem> refusals(
      Caller caller, String verb, SpecKind kind, String name, JsonNode document, Place begin) {
    List<Problem> problems = new ArrayList<>();
    for (NamedSecret secret : named(kind, document)) {
      if (!mayUse(caller, secret)) {
        problems.add(
            new Problem(
                ProblemCode.FORBIDDEN,
                "Cannot %s %s '%s': secret '%s', which its '%s' names, %s"
                    .formatted(
                        verb,
                        kind.label().toLowerCase(Locale.ROOT),
                        name,
                        secret.name(),
                        secret.path(),
                        cause(caller, secret)),
                new Place(begin.file(), begin.line(), begin.column(), secret.path())));
      }
    }
    return problems;
  }

  private String cause(Caller caller, NamedSecret secret) {
    Optional<Use> otherwise =
        of(secret).stream().filter(use -> caller.isIn(use.owner())).findFirst();
    if (otherwise.isPresent()) {
      String known = otherwise.get().secret().name();
      return "may be the same file as '%s', which '%s' uses. Write '%s', or ask an admin."
          .formatted(known, otherwise.get().owner(), known);
    }
    Set<String> teams =
        of(secret).stream()
            .map(Use::owner)
            .filter(owner -> !owner.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    if (teams.isEmpty()) {
      return "is used by what belongs to no team, and is for admins. Name another secret, or ask an"
          + " admin.";
    }
    return "is used by '%s', which %s. Name another secret, or ask %s, or an admin."
        .formatted(
            String.join("' and '", teams),
            teams.size() == 1 ? "is not a team of yours" : "are not teams of yours",
            teams.size() == 1 ? "that team" : "one of those teams");
  }

  private List<Use> of(NamedSecret secret) {
    return uses.getOrDefault(secret.folded(), List.of());
  }
}
