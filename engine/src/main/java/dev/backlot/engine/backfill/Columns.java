package dev.backlot.engine.backfill;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.ColumnOrigin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What fills some columns of a table under a plan.
 *
 * @param targets the columns, in the table's order
 * @param sources per Source that fills any of them: its column by the table's
 */
record Columns(List<PlanSink.Target> targets, Map<PlanSource, Map<String, String>> sources) {

  /**
   * Returns what fills columns.
   *
   * @throws ProblemException NOT_FOUND when the pipeline does not write the table or fill a column,
   *     NOT_ALLOWED_NOW when a step makes one
   */
  static Columns of(PipelinePlan plan, String table, List<String> columns) {
    PlanSink sink =
        plan.sinks().stream()
            .filter(candidate -> candidate.table().equals(table))
            .findFirst()
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot backfill table '%s': pipeline '%s' does not write it any more. Ask again for one that it writes."
                            .formatted(table, plan.pipeline())));
    Map<PlanSource, Map<String, String>> sources = new LinkedHashMap<>();
    for (String column : columns) {
      Map<String, String> copied = copied(plan, sink, column);
      for (PlanSource source : plan.sources()) {
        String from = copied.get(source.id());
        if (from != null) {
          sources.computeIfAbsent(source, added -> new LinkedHashMap<>()).put(column, from);
        }
      }
    }
    List<PlanSink.Target> targets = new ArrayList<>(sink.shape());
    targets.removeIf(target -> !columns.contains(target.name()));
    return new Columns(targets, sources);
  }

  /** Returns whether the same values would come of other columns. */
  boolean isLike(Columns other) {
    return targets.equals(other.targets) && origins().equals(other.origins());
  }

  private Map<String, Map<String, String>> origins() {
    Map<String, Map<String, String>> origins = new HashMap<>();
    sources.forEach((source, columns) -> origins.put(source.topic(), columns));
    return origins;
  }

  private static Map<String, String> copied(PipelinePlan plan, PlanSink sink, String column) {
    ColumnOrigin origin = ColumnOrigin.of(plan, sink, column);
    if (origin instanceof ColumnOrigin.Copied copied) {
      return copied.columns();
    }
    boolean made = origin instanceof ColumnOrigin.Made;
    String cause =
        made
            ? "step '" + ((ColumnOrigin.Made) origin).step() + "' makes it"
            : "the deployed plan does not fill it";
    throw new ProblemException(
        made ? ProblemCode.NOT_ALLOWED_NOW : ProblemCode.NOT_FOUND,
        "Cannot backfill column '%s' of table '%s': %s. %s"
            .formatted(
                column,
                sink.table(),
                cause,
                made
                    ? "Dump its Source instead, which makes every row anew."
                    : "Wait until it is deployed."));
  }
}
