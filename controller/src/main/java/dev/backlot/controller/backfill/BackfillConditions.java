package dev.backlot.controller.backfill;

import dev.backlot.controller.incident.Condition;
import dev.backlot.controller.incident.Conditions;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Backfills that failed for good, until they are done, asked for again or cancelled. */
public final class BackfillConditions implements Conditions {
  private final BackfillStore store;

  /** Judges these runs. */
  public BackfillConditions(BackfillStore store) {
    this.store = store;
  }

  @Override
  public Set<AlertKind> kinds() {
    return Set.of(AlertKind.BACKFILL_FAILED);
  }

  @Override
  public List<Condition> current() {
    return store.failed().stream().map(BackfillConditions::condition).toList();
  }

  private static Condition condition(Run run) {
    return new Condition(
        AlertKind.BACKFILL_FAILED,
        new Subject(Subject.Kind.TABLE, run.table()),
        Subject.pipeline(run.pipeline()),
        Severity.WARNING,
        "Backfill "
            + run.id()
            + " of table '"
            + run.table()
            + "' failed, so that rows lack "
            + String.join(", ", run.columns())
            + ". "
            + run.reason()
            + " Ask for it again with `backlot backfill pipeline "
            + run.pipeline()
            + " --column …`, or end it with --cancel.",
        Map.of("columns", run.columns(), "rows_filled", run.progress().rowsFilled()),
        run.finishedAt().orElse(run.requestedAt()));
  }
}
