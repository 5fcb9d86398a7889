package dev.backlot.controller.blocked;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.schema.Field;
import dev.backlot.spec.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an owner's choice into a pipeline. Pure: whether the pipeline can be planned then is for
 * the planner to say.
 */
final class Resolver {
  private static final String MISSING = "missing";

  private Resolver() {}

  /**
   * A pipeline in which a choice is carried out.
   *
   * @param spec the same as before when there are problems, or nothing had to be changed
   */
  record Resolved(PipelineSpec spec, List<Problem> problems) {
    /** Copies what is mutable. */
    Resolved {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Carries out a choice.
   *
   * @param planned fields as the deployed plan has them
   */
  static Resolved resolve(
      PipelineSpec spec, BrokenField field, Resolution resolution, PlannedFields planned) {
    if (resolution instanceof Resolution.FromField from) {
      return substitute(spec, field, from.field());
    }
    if (resolution instanceof Resolution.Constant constant) {
      return field.isGone()
          ? new Resolved(fill(spec, field, Map.of("value", constant.text())), List.of())
          : refused(spec, stillThere(spec, field));
    }
    if (resolution instanceof Resolution.Accept) {
      return field.isAcceptable()
          ? new Resolved(spec, List.of())
          : refused(spec, lost(spec, field));
    }
    Resolved ended = new ConsumptionEnd(spec, field, planned).end();
    return ended.problems().isEmpty() && ended.spec().equals(spec) && !field.isGone()
        ? refused(spec, takenUnnamed(spec, field))
        : ended;
  }

  private static Resolved substitute(PipelineSpec spec, BrokenField field, String from) {
    if (!field.isGone()) {
      return refused(spec, stillThere(spec, field));
    }
    Optional<Field> other = field.newest().field(from);
    if (other.isEmpty()) {
      return refused(
          spec,
          problem(
              spec,
              field,
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              "'%s' has no field '%s'".formatted(field.source(), from),
              Suggestion.sentence(from, field.newest().fieldNames())));
    }
    if (!field.fits(other.get().type())) {
      return refused(
          spec,
          problem(
              spec,
              field,
              ProblemCode.PIPELINE_FIELD_CONFLICT,
              "'%s' is %s and can't stand for what is %s"
                  .formatted(
                      from, other.get().type().notation(), field.consumed().type().notation()),
              field.substitutes().isEmpty()
                  ? "Give a value with --default, or stop consuming it."
                  : "Choose one of " + String.join(", ", field.substitutes()) + "."));
    }
    return new Resolved(fill(spec, field, Map.of("from", from)), List.of());
  }

  /** Every step on the Source says the same: it is read once. */
  private static PipelineSpec fill(PipelineSpec spec, BrokenField field, Map<String, Object> fill) {
    return spec.withSteps(
        spec.steps().stream()
            .map(step -> reads(step, field.source()) ? filled(step, field.name(), fill) : step)
            .toList());
  }

  private static StepSpec filled(StepSpec step, String field, Map<String, Object> fill) {
    Map<String, Object> missing = new LinkedHashMap<>();
    if (step.config().get(MISSING) instanceof Map<?, ?> known) {
      known.forEach((name, value) -> missing.put(String.valueOf(name), value));
    }
    missing.put(field, fill);
    Map<String, Object> config = new LinkedHashMap<>(step.config());
    config.put(MISSING, missing);
    return step.withConfig(config);
  }

  /** Returns a source step that fills a field no more. */
  static StepSpec unfilled(StepSpec step, String field) {
    if (!(step.config().get(MISSING) instanceof Map<?, ?> known) || !known.containsKey(field)) {
      return step;
    }
    Map<String, Object> missing = new LinkedHashMap<>();
    known.forEach((name, value) -> missing.put(String.valueOf(name), value));
    missing.remove(field);
    Map<String, Object> config = new LinkedHashMap<>(step.config());
    if (missing.isEmpty()) {
      config.remove(MISSING);
    } else {
      config.put(MISSING, missing);
    }
    return step.withConfig(config);
  }

  static boolean reads(StepSpec step, String source) {
    return step.role() == StepSpec.Role.SOURCE && step.type().equals(source);
  }

  private static Problem stillThere(PipelineSpec spec, BrokenField field) {
    return problem(
        spec,
        field,
        ProblemCode.NOT_ALLOWED_NOW,
        "its Source still has a field of this name, so nothing can stand for it",
        "Stop consuming it"
            + (field.isAcceptable()
                ? ", or accept it as it is."
                : ", or let its owner change it."));
  }

  private static Problem lost(PipelineSpec spec, BrokenField field) {
    return problem(
        spec,
        field,
        ProblemCode.NOT_ALLOWED_NOW,
        field.isGone()
            ? "its Source does not have it any more, so there is nothing to accept"
            : "it was %s and is %s now, and no type holds both"
                .formatted(
                    field.consumed().type().notation(),
                    field.newest().field(field.name()).orElseThrow().type().notation()),
        "See the other choices with `backlot describe pipeline " + spec.name() + "`.");
  }

  private static Problem takenUnnamed(PipelineSpec spec, BrokenField field) {
    return problem(
        spec,
        field,
        ProblemCode.NOT_ALLOWED_NOW,
        "no step names it: it is taken with every other field",
        "List in 'consumes' of a step what that step takes, without this field.");
  }

  private static Problem problem(
      PipelineSpec spec, BrokenField field, ProblemCode code, String cause, String next) {
    return Problem.of(code, refusal(spec.name(), field.name(), cause, next));
  }

  /** Returns a problem's text. */
  static String refusal(String pipeline, String field, String cause, String next) {
    return "Cannot resolve field '%s' of pipeline '%s': %s. %s"
        .formatted(field, pipeline, cause, next);
  }

  private static Resolved refused(PipelineSpec spec, Problem problem) {
    return new Resolved(spec, List.of(problem));
  }
}
