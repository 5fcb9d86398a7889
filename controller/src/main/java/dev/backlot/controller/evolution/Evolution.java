package dev.backlot.controller.evolution;

import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaVerdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has become of a pipeline's Sources since it was planned, and what that means to it.
 *
 * @param changes per Source with schemas that the plan does not know, in the plan's order
 */
public record Evolution(List<SourceChange> changes) {
  /** Nothing has changed. */
  public static final Evolution NONE = new Evolution(List.of());

  /** Copies what is mutable. */
  public Evolution {
    changes = List.copyOf(changes);
  }

  /** A schema that a plan does not know, as it is to this pipeline. */
  public record Judged(int schemaId, SchemaVerdict verdict) {
    Outcome outcome() {
      return verdict.outcome();
    }
  }

  /**
   * The new schemas of one Source.
   *
   * @param step the step by which the plan reads it
   * @param planned the newest schema that the plan knows, by its id
   * @param schemas oldest first, at least one
   */
  public record SourceChange(String source, String step, int planned, List<Judged> schemas) {
    /** Copies what is mutable. */
    public SourceChange {
      schemas = List.copyOf(schemas);
    }

    /**
     * Returns how many of the schemas a plan can cover: all up to the last that does not break the
     * pipeline. What an earlier one lacked is there again in that one.
     */
    int coverable() {
      for (int i = schemas.size(); i > 0; i--) {
        if (schemas.get(i - 1).outcome() != Outcome.BREAKS) {
          return i;
        }
      }
      return 0;
    }

    boolean needsPlan() {
      return schemas.subList(0, coverable()).stream()
          .anyMatch(schema -> schema.outcome() != Outcome.SAFE);
    }

    /** Returns the first schema that no plan covers. */
    public Optional<Judged> breaking() {
      int reach = coverable();
      return reach == schemas.size() ? Optional.empty() : Optional.of(schemas.get(reach));
    }

    /** Returns the newest schema. */
    public Judged newest() {
      return schemas.get(schemas.size() - 1);
    }

    int newestCoverable() {
      int reach = coverable();
      return reach == 0 ? planned : schemas.get(reach - 1).schemaId();
    }

    private List<FieldVerdict> reasons() {
      return schemas.subList(0, coverable()).stream()
          .flatMap(schema -> schema.verdict().fields().stream())
          .filter(field -> field.outcome() != Outcome.SAFE)
          .distinct()
          .toList();
    }
  }

  /** Returns whether a new plan would take the pipeline further than the one that it has. */
  public boolean needsPlan() {
    return changes.stream().anyMatch(SourceChange::needsPlan);
  }

  /** Returns the changes that the pipeline can't follow without somebody's decision. */
  public List<SourceChange> breaking() {
    return changes.stream().filter(change -> change.breaking().isPresent()).toList();
  }

  /** Returns the newest schema that a plan may know, per Source with changes. */
  public Map<String, Integer> upTo() {
    Map<String, Integer> upTo = new HashMap<>();
    changes.forEach(change -> upTo.put(change.source(), change.newestCoverable()));
    return upTo;
  }

  /** Returns the newest schema that the present plan knows, per Source with changes. */
  public Map<String, Integer> planned() {
    Map<String, Integer> planned = new HashMap<>();
    changes.forEach(change -> planned.put(change.source(), change.planned()));
    return planned;
  }

  /** Returns what a new plan is needed for, such as {@code studio.public.movie: rating added}. */
  public String cause() {
    StringBuilder cause = new StringBuilder();
    for (SourceChange change : changes) {
      List<FieldVerdict> reasons = change.reasons();
      if (!reasons.isEmpty()) {
        cause
            .append(cause.isEmpty() ? "" : "; ")
            .append(change.source())
            .append(": ")
            .append(String.join(", ", reasons.stream().map(Evolution::text).toList()));
      }
    }
    return cause.toString();
  }

  /** Returns why the pipeline can't go on, as a problem's text; empty when it can. */
  public String reason(String pipeline) {
    List<SourceChange> breaking = breaking();
    if (breaking.isEmpty()) {
      return "";
    }
    StringBuilder causes = new StringBuilder();
    for (SourceChange change : breaking) {
      for (FieldVerdict field : change.breaking().orElseThrow().verdict().with(Outcome.BREAKS)) {
        causes
            .append(causes.isEmpty() ? "" : "; ")
            .append("field '")
            .append(field.field())
            .append("' of '")
            .append(change.source())
            .append("' is ")
            .append(field.kind().label())
            .append(": ")
            .append(field.reason());
      }
    }
    return "Cannot go on with pipeline '%s' past a change of its Source: %s. Its events wait where they are; see the choices with `backlot describe pipeline %s`."
        .formatted(pipeline, causes, pipeline);
  }

  private static String text(FieldVerdict field) {
    return field.field()
        + " "
        + field.kind().label()
        + (field.becomes().isEmpty() ? "" : " to " + field.becomes());
  }
}
