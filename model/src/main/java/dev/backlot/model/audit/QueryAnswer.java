package dev.backlot.model.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a black-box audit holds.
 *
 * @param columns of the result, in its order
 * @param sums one per bucket
 * @param rows of the wanted buckets: a text per column, null for NULL
 */
public record QueryAnswer(
    List<String> columns, List<AuditAnswer.Sum> sums, List<List<@Nullable String>> rows) {
  /** Copies what is mutable. */
  public QueryAnswer {
    columns = List.copyOf(columns);
    sums = List.copyOf(sums);
    rows = List.copyOf(rows);
  }
}
