package dev.backlot.engine.plan;

import dev.backlot.engine.plan.PlanInputs.SourceInput;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.sdk.StepInput;
import java.util.List;
import java.util.Map;

/** What steps can't do with rows that have no key. */
final class KeylessInputs {
  private static final String ENRICHMENT = "graphql_enrichment";
  private static final String TRIGGER = "trigger";

  private KeylessInputs() {}

  /** Reports steps that would need a key, or what the Source of their rows does not tell. */
  static boolean check(
      StepSpec step,
      List<StepInput> given,
      List<PlanSource> sources,
      Map<String, SourceInput> inputs,
      Findings findings) {
    boolean possible = true;
    for (PlanSource source : sources) {
      boolean feeds = given.stream().anyMatch(i -> i.shape().sources().contains(source.id()));
      if (!feeds || !source.key().isEmpty()) {
        continue;
      }
      SourceInput input = inputs.get(source.name());
      boolean tellsDeletes = input != null && !input.descriptor().wholeBeforeSince().isEmpty();
      if (step.type().equals(ENRICHMENT) && tellsDeletes) {
        possible = false;
        findings.add(
            step,
            ProblemCode.PIPELINE_KEY_LOST,
            "from",
            "rows of '%s' have no key, and a delete would not find the enriched row that it ends"
                .formatted(source.name()),
            "Give its table a primary key, or capture it with `keyless: append`.");
      } else if (step.type().equals(TRIGGER) && !tellsDeletes) {
        possible = false;
        findings.add(
            step,
            ProblemCode.PIPELINE_NEEDS_BEFORE_IMAGE,
            "from",
            "'%s' tells inserts only, so a changed row would refresh nothing"
                .formatted(source.name()),
            "Give its table a primary key, or capture it with `keyless: full_row`.");
      }
    }
    return possible;
  }
}
