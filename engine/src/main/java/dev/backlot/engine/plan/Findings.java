package dev.backlot.engine.plan;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.sdk.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Collects what is wrong with a pipeline. */
final class Findings {
  private final String pipeline;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> tentative = new ArrayList<>();

  Findings(PipelineSpec spec) {
    this.pipeline = spec.name();
  }

  /** Returns everything that is wrong, also what may be; nothing as long as nothing surely is. */
  List<Problem> problems() {
    return problems.isEmpty()
        ? List.of()
        : Stream.concat(tentative.stream(), problems.stream()).distinct().toList();
  }

  void add(StepSpec step, Finding finding) {
    add(step, finding.code(), finding.path(), finding.fact(), finding.fix());
  }

  void add(StepSpec step, ProblemCode code, String path, String fact, String fix) {
    problems.add(problem(step, code, path, fact, fix));
  }

  /** Adds what is wrong unless it turns out that the pipeline has no use for it. */
  void addTentative(StepSpec step, ProblemCode code, String path, String fact, String fix) {
    tentative.add(problem(step, code, path, fact, fix));
  }

  private Problem problem(StepSpec step, ProblemCode code, String path, String fact, String fix) {
    String message =
        "Cannot plan step '%s' of pipeline '%s': %s. %s".formatted(step.id(), pipeline, fact, fix);
    return new Problem(code, message, place(step, path));
  }

  /** Returns the place of a path, or of the nearest part around it that has one. */
  private static Place place(StepSpec step, String path) {
    int inText = path.indexOf('@');
    if (inText > 0) {
      return placeInText(step, path, path.substring(0, inText));
    }
    String known = path;
    while (!known.isEmpty() && !step.places().containsKey(known)) {
      known =
          known.substring(0, Math.max(0, Math.max(known.lastIndexOf('.'), known.lastIndexOf('['))));
    }
    return step.place(known);
  }

  /** Where the text's lines are not the document's, the path goes on to say where in the text. */
  private static Place placeInText(StepSpec step, String path, String text) {
    Place place = step.place(path);
    return step.places().containsKey(text + "@1:1") || !step.places().containsKey(text)
        ? place
        : new Place(
            place.file(),
            place.line(),
            place.column(),
            place.path() + path.substring(text.length()));
  }

  void add(StepSpec step, String path, Problem problem) {
    problems.add(problem.at(place(step, path)));
  }
}
