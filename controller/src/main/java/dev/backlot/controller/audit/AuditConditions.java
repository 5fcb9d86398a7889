package dev.backlot.controller.audit;

import dev.backlot.controller.incident.Condition;
import dev.backlot.controller.incident.Conditions;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Difference;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Tables that are proven to differ from their Sources. */
public final class AuditConditions implements Conditions {
  private static final int MOST = 10_000;

  private final AuditStore store;
  private final Masks masks;

  /** Judges what audits found. */
  public AuditConditions(AuditStore store, Masks masks) {
    this.store = store;
    this.masks = masks;
  }

  @Override
  public Set<AlertKind> kinds() {
    return Set.of(AlertKind.AUDIT_DIFFERENCE);
  }

  @Override
  public List<Condition> current() {
    Map<String, List<Difference>> byTable = new TreeMap<>();
    for (Difference difference : store.differences(Optional.empty(), MOST)) {
      byTable.computeIfAbsent(difference.table(), table -> new ArrayList<>()).add(difference);
    }
    if (byTable.isEmpty()) {
      return List.of();
    }
    Map<String, String> pipelines = new HashMap<>();
    for (Proof proof : store.proofs()) {
      pipelines.put(proof.table(), proof.pipeline());
    }
    List<Condition> conditions = new ArrayList<>();
    byTable.forEach(
        (table, differences) -> {
          String pipeline = pipelines.get(table);
          if (pipeline != null) {
            conditions.add(condition(table, pipeline, differences));
          }
        });
    return conditions;
  }

  private Condition condition(String table, String pipeline, List<Difference> differences) {
    Difference first = differences.get(0);
    Map<String, Long> kinds = new TreeMap<>();
    differences.forEach(difference -> kinds.merge(difference.kind(), 1L, Long::sum));
    int rows = differences.size();
    return new Condition(
        AlertKind.AUDIT_DIFFERENCE,
        new Subject(Subject.Kind.TABLE, table),
        Subject.pipeline(pipeline),
        Severity.CRITICAL,
        "Table '"
            + table
            + "' differs from its Sources in "
            + (rows == 1 ? "1 row" : rows + " rows")
            + example(table, first)
            + " ("
            + first.kind()
            + "). "
            + (first.cause().isEmpty() ? "" : first.cause() + " ")
            + "See `backlot audit "
            + table
            + " --dry-run`, and mend it with --repair.",
        Map.of("rows", rows, "kinds", kinds),
        differences.stream().map(Difference::foundAt).min(Instant::compareTo).orElseThrow());
  }

  /** Incidents are told to everybody: where something is locked, no key is quoted. */
  private String example(String table, Difference first) {
    return masks.locks().ofTable(table).isEmpty()
        ? ", such as that of key " + String.join(", ", first.key())
        : "";
  }
}
