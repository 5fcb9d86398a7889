package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.List;

/**
 * What a pipeline takes one field of a Source for.
 *
 * @param field in the Source
 * @param use {@code consumed} by name, {@code key}, {@code published}, or only {@code passed} on
 * @param steps ids of the steps that name it
 * @param columns where it arrives unchanged, such as {@code studio.movie_report.title}
 * @param fill what stands for it where an event lacks it: {@code field:<name>}, {@code
 *     value:<text>}, or empty for null
 */
@JsonPropertyOrder({"field", "use", "steps", "columns", "fill"})
public record PlanUse(
    String field,
    String use,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> steps,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> columns,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String fill)
    implements Serializable {
  /** Copies what is mutable; what is empty may be left out of plans. */
  public PlanUse {
    steps = steps == null ? List.of() : List.copyOf(steps);
    columns = columns == null ? List.of() : List.copyOf(columns);
    fill = fill == null ? "" : fill;
  }
}
