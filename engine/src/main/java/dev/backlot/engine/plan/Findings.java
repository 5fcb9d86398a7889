package dev.backlot.engine.plan;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.sdk.Finding;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a pipeline. */
final class Findings {
  private final String pipeline;
  private final List<Problem> problems = new ArrayList<>();

  Findings(PipelineSpec spec) {
    this.pipeline = spec.name();
  }

  List<Problem> problems() {
    return problems.stream().distinct().toList();
  }

  void add(StepSpec step, Finding finding) {
    add(step, finding.code(), finding.path(), finding.fact(), finding.fix());
  }

  void add(StepSpec step, ProblemCode code, String path, String fact, String fix) {
    String message =
        "Cannot plan step '%s' of pipeline '%s': %s. %s".formatted(step.id(), pipeline, fact, fix);
    problems.add(new Problem(code, message, step.place(path)));
  }

  void add(StepSpec step, String path, Problem problem) {
    problems.add(problem.at(step.place(path)));
  }
}
