package dev.backlot.controller.document;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks which pipelines publish and read which Sources, as of after a change set. */
final class PublicationCheck {
  private final Map<String, PipelineSpec> pipelines = new LinkedHashMap<>();
  private final Map<String, String> publishers = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private PublicationCheck() {}

  static List<Problem> check(List<Change> changes, List<StoredDocument> current) {
    PublicationCheck check = new PublicationCheck();
    Set<String> changed = new HashSet<>();
    changes.stream()
        .filter(change -> change.kind() == SpecKind.PIPELINE)
        .forEach(change -> changed.add(change.name()));
    for (StoredDocument document : current) {
      if (document.kind() == SpecKind.PIPELINE && !changed.contains(document.name())) {
        Usage.pipeline(document).ifPresent(check::add);
      }
    }
    for (Change change : changes) {
      if (change.spec().orElse(null) instanceof PipelineSpec pipeline) {
        check.add(pipeline);
      }
    }
    for (Change change : changes) {
      if (change.isWrite() && change.spec().orElse(null) instanceof PipelineSpec pipeline) {
        check.cycle(pipeline);
        change.current().flatMap(Usage::pipeline).ifPresent(old -> check.dropped(old, pipeline));
      }
    }
    return check.problems;
  }

  private void add(PipelineSpec pipeline) {
    pipelines.put(pipeline.name(), pipeline);
    for (StepSpec step : pipeline.steps()) {
      if (step.publish().isEmpty()) {
        continue;
      }
      String name = step.publish().get();
      String other = publishers.putIfAbsent(name, pipeline.name());
      if (other != null && !other.equals(pipeline.name())) {
        problems.add(
            new Problem(
                ProblemCode.CONFLICT,
                "Cannot plan pipeline '%s': pipeline '%s' publishes Source '%s'. Choose another name."
                    .formatted(pipeline.name(), other, name),
                step.place("publish")));
      }
    }
  }

  /** Reports a pipeline that reads what comes from itself. */
  private void cycle(PipelineSpec pipeline) {
    for (StepSpec step : pipeline.steps()) {
      if (step.role() == StepSpec.Role.SOURCE
          && !Usage.published(pipeline).contains(step.type())
          && comesFrom(step.type(), pipeline.name(), new HashSet<>())) {
        problems.add(
            new Problem(
                ProblemCode.PIPELINE_CYCLE,
                "Cannot plan pipeline '%s': it reads Source '%s', which comes, by way of others, from itself. Break the cycle."
                    .formatted(pipeline.name(), step.type()),
                step.place("source")));
      }
    }
  }

  private boolean comesFrom(String source, String pipeline, Set<String> seen) {
    String publisher = publishers.get(source);
    if (publisher == null || !seen.add(source)) {
      return false;
    }
    return publisher.equals(pipeline)
        || Optional.ofNullable(pipelines.get(publisher))
            .map(Usage::sources)
            .orElse(List.of())
            .stream()
            .anyMatch(next -> comesFrom(next, pipeline, seen));
  }

  /** Reports a Source that is published no more although others read it. */
  private void dropped(PipelineSpec before, PipelineSpec after) {
    for (String name : Usage.published(before)) {
      List<String> readers =
          pipelines.values().stream()
              .filter(reader -> Usage.sources(reader).contains(name))
              .map(PipelineSpec::name)
              .toList();
      if (!publishers.containsKey(name) && !readers.isEmpty()) {
        Place place = after.header().place();
        problems.add(
            new Problem(
                ProblemCode.IN_USE,
                "Cannot plan pipeline '%s': it would publish Source '%s' no more, which %s. Change %s first."
                    .formatted(
                        after.name(),
                        name,
                        readers.size() == 1
                            ? "pipeline " + readers.get(0) + " reads"
                            : "pipelines " + String.join(", ", readers) + " read",
                        readers.size() == 1 ? "it" : "them"),
                place));
      }
    }
  }

  /** Returns the changes with every pipeline behind those of the set that publish its Sources. */
  static List<Change> publishersFirst(List<Change> changes) {
    List<Change> ordered = new ArrayList<>();
    Set<String> waiting = new HashSet<>();
    changes.stream()
        .filter(change -> change.spec().orElse(null) instanceof PipelineSpec)
        .forEach(change -> waiting.addAll(published(change)));
    List<Change> left = new ArrayList<>(changes);
    while (!left.isEmpty()) {
      Optional<Change> next =
          left.stream()
              .filter(change -> sources(change).stream().noneMatch(waiting::contains))
              .findFirst();
      // What is in a cycle is refused anyway.
      Change change = next.orElse(left.get(0));
      left.remove(change);
      waiting.removeAll(published(change));
      ordered.add(change);
    }
    return ordered;
  }

  private static List<String> published(Change change) {
    return change.spec().orElse(null) instanceof PipelineSpec pipeline
        ? Usage.published(pipeline)
        : List.of();
  }

  private static List<String> sources(Change change) {
    return change.spec().orElse(null) instanceof PipelineSpec pipeline
        ? Usage.sources(pipeline)
        : List.of();
  }
}
