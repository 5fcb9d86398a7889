package dev.backlot.controller.document;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Preflights the connections that a change set creates or changes. */
final class ConnectionCheck {
  private final SourceStore sources;
  private final DataPlane dataPlane;

  ConnectionCheck(SourceStore sources, DataPlane dataPlane) {
    this.sources = sources;
    this.dataPlane = dataPlane;
  }

  /**
   * What was found.
   *
   * @param changes the same changes, with their effects on Sources
   * @param discovered the Sources that checked connections have or will have
   * @param failed connections that can't be used, whose Sources are therefore unknown
   */
  record Findings(
      List<Change> changes,
      List<Problem> problems,
      Map<String, List<SourceDescriptor>> discovered,
      Set<String> failed) {}

  /**
   * Checks connections.
   *
   * @param drafts documents with problems; their connections can't be used
   * @param secrets what is not preflighted, since its secrets are not its caller's to use
   */
  Findings check(List<Change> changes, List<Spec> drafts, SecretCheck.Findings secrets) {
    List<Change> checked = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    Map<String, List<SourceDescriptor>> discovered = new HashMap<>();
    Set<String> failed = new HashSet<>();
    drafts.stream()
        .filter(ConnectionSpec.class::isInstance)
        .forEach(draft -> failed.add(draft.name()));
    for (Change change : changes) {
      if (change.kind() != SpecKind.CONNECTION || !change.isWrite()) {
        checked.add(change);
        continue;
      }
      if (secrets.refuses(change.kind(), change.name())) {
        failed.add(change.name());
        checked.add(change);
        continue;
      }
      Place place = change.spec().map(spec -> spec.header().place()).orElse(Place.NOWHERE);
      try {
        DataPlane.Preflight preflight = dataPlane.preflight(change.json());
        preflight.problems().forEach(problem -> problems.add(atDocument(problem, place)));
        if (preflight.problems().isEmpty()) {
          discovered.put(change.name(), preflight.sources());
        } else {
          failed.add(change.name());
        }
        checked.add(change.withEffects(effects(change.name(), preflight)));
      } catch (ProblemException e) {
        e.problems().forEach(problem -> problems.add(atDocument(problem, place)));
        failed.add(change.name());
        checked.add(change);
      }
    }
    return new Findings(checked, problems, discovered, failed);
  }

  /** A place inside the canonical JSON says nothing to the user; the document's start does. */
  private static Problem atDocument(Problem problem, Place document) {
    return problem.at(
        new Place(document.file(), document.line(), document.column(), problem.place().path()));
  }

  private Effects effects(String connection, DataPlane.Preflight preflight) {
    Set<String> before = new HashSet<>();
    for (StoredSource source : sources.ofConnection(connection)) {
      if (source.state() != SourceStore.State.REMOVED) {
        before.add(source.descriptor().name());
      }
    }
    List<String> lines = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (SourceDescriptor source : preflight.sources()) {
      names.add(source.name());
      if (!before.contains(source.name())) {
        lines.add("add " + source.name());
      }
    }
    before.stream()
        .filter(name -> !names.contains(name))
        .sorted()
        .forEach(name -> lines.add("remove " + name));
    return new Effects(lines, List.of(), List.of(), List.of(), preflight.advice());
  }
}
