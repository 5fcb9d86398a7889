package dev.backlot.quality.round;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.RowPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What rounds need of whoever runs them. Thread-safe. */
public interface AuditHost {
  /** Returns the plan that a pipeline's job runs, or ran last. */
  Optional<PipelinePlan> deployedPlan(String pipeline);

  /**
   * Returns a pipeline's newest dead letters, each with {@code id}, {@code state}, {@code step},
   * {@code source}, {@code key} (JSON text) and {@code reason}.
   */
  List<Map<String, Object>> letters(String pipeline);

  /** Removes rows from a table's files; returns how many. */
  long remove(TableName table, List<RowPlace> rows);
}
