package dev.backlot.controller.secret;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.SpecWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Guards secrets against those who would have the platform send them to a host of their own:
 * whoever resolves the secrets of a document that a caller handed in asks here first. Thread-safe.
 */
public final class SecretAccess {
  private final DocumentStore documents;
  private final List<SecretReference> own;
  private final AccessLog log;

  /**
   * Judges by the documents in this store.
   *
   * @param own secrets that the platform itself lives by
   */
  public SecretAccess(DocumentStore documents, List<SecretReference> own, AccessLog log) {
    this.own = List.copyOf(own);
    this.documents = documents;
    this.log = log;
  }

  /** Returns which secrets a caller may name, as documents stand now. */
  public Predicate<NamedSecret> usable(Caller caller) {
    SecretUsers users = SecretUsers.of(documents.list(), own);
    return secret -> users.mayUse(caller, secret);
  }

  /**
   * Lets a document pass whose secrets are about to be resolved.
   *
   * @param verb what it was handed in for, such as {@code check}
   * @throws ProblemException FORBIDDEN, with every secret that the caller may not use
   */
  public void require(Caller caller, String verb, Spec spec) {
    List<Problem> problems = judge(caller, verb, documents.list()).apply(spec);
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
  }

  /**
   * Returns what tells of each document what {@link #require} would throw, and writes it down.
   *
   * @param standing every stored document
   */
  public Function<Spec, List<Problem>> judge(
      Caller caller, String verb, Collection<StoredDocument> standing) {
    if (caller.has(Role.ADMIN)) {
      return spec -> List.of();
    }
    SecretUsers users = SecretUsers.of(standing, own);
    return spec -> {
      SpecKind kind = spec.header().kind();
      List<Problem> problems =
          users.refusals(
              caller,
              verb,
              kind,
              spec.name(),
              Json.readTree(SpecWriter.toJson(spec)),
              spec.header().place());
      record(caller, verb, kind, spec.name(), problems);
      return problems;
    };
  }

  /**
   * Writes as {@link DocumentStore#write} does, unless somebody has meanwhile written a document
   * that keeps a secret from the caller.
   *
   * @throws ProblemException FORBIDDEN, with every secret that the caller may not use any more
   */
  public List<Long> write(Caller caller, List<Write> writes, List<StoredDocument> deletions) {
    if (caller.has(Role.ADMIN)) {
      return documents.write(writes, deletions);
    }
    Map<Write, List<Problem>> refused = new LinkedHashMap<>();
    try {
      return documents.write(
          writes,
          deletions,
          standing -> {
            SecretUsers users = SecretUsers.of(standing, own);
            for (Write write : writes) {
              List<Problem> problems =
                  users.refusals(
                      caller,
                      "apply",
                      write.kind(),
                      write.name(),
                      Json.readTree(write.json()),
                      Place.NOWHERE);
              if (!problems.isEmpty()) {
                refused.put(write, problems);
              }
            }
            if (!refused.isEmpty()) {
              List<Problem> all = new ArrayList<>();
              refused.values().forEach(all::addAll);
              throw new ProblemException(all);
            }
          });
    } finally {
      // not within the transaction, which holds a connection and others up
      refused.forEach(
          (write, problems) -> record(caller, "apply", write.kind(), write.name(), problems));
    }
  }

  private void record(
      Caller caller, String verb, SpecKind kind, String name, List<Problem> problems) {
    if (!problems.isEmpty()) {
      log.recordRefusal(
          caller,
          verb,
          Subject.of(kind.label().toLowerCase(Locale.ROOT), name),
          Map.of("secrets_at", problems.stream().map(problem -> problem.place().path()).toList()));
    }
  }
}
