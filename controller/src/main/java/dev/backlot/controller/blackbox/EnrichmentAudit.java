package dev.backlot.controller.blackbox;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.quality.enrichment.EnrichedTable;
import dev.backlot.quality.enrichment.EnrichmentLook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Columns that a step takes from a graph, which is asked again. */
final class EnrichmentAudit implements RepeatedAudit {
  private static final int LOOKS = 3;
  private static final Duration SLA = Duration.ofMinutes(1);

  private final EnrichedTable table;
  private final AuditPolicy policy;
  private final EnrichmentLook look;
  private final KeyedDumps dumps;

  EnrichmentAudit(EnrichedTable table, AuditPolicy policy, EnrichmentLook look, KeyedDumps dumps) {
    this.table = table;
    this.policy = policy;
    this.look = look;
    this.dumps = dumps;
  }

  /** Returns {@code namespace.table.step}; documents' names have no dots. */
  static String name(EnrichedTable table) {
    return table.table() + "." + table.step();
  }

  @Override
  public String name() {
    return name(table);
  }

  @Override
  public Duration every() {
    return policy.pause().orElse(AuditPolicy.UNSAID.pause().orElseThrow());
  }

  @Override
  public int looks() {
    return LOOKS;
  }

  /** Answers change whenever they like; rows that hear of it take as long as a pipeline takes. */
  @Override
  public Duration sla() {
    return SLA.compareTo(every()) < 0 ? SLA : every();
  }

  @Override
  public boolean repairsItself() {
    return policy.repairsItself();
  }

  @Override
  public Found look(List<List<String>> suspects) {
    EnrichmentLook.Found found = look.look(suspects);
    if (found.asked() > 0 && found.unknown().size() == found.asked()) {
      throw new ProblemException(
          ProblemCode.ENRICHMENT_FAILED,
          "Cannot audit what step '"
              + table.step()
              + "' gives table '"
              + table.table()
              + "': "
              + found.reason()
              + ". It is tried again by itself.");
    }
    return new Found(
        look.columns(),
        found.rows(),
        found.rows(),
        found.contrasts(),
        found.unknown(),
        0,
        found.endsCycle());
  }

  /** A dumped row passes the step, which asks anew. */
  @Override
  public List<Long> repair(List<List<String>> keys) {
    if (table.refreshes().isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot repair table '"
              + table.table()
              + "': no Source of its pipeline has its key. Change a row that its triggers hear of.");
    }
    EnrichedTable.Refresh refresh = table.refreshes().get(0);
    List<String> own = table.key().stream().map(EnrichedTable.Column::name).toList();
    List<List<String>> ordered = new ArrayList<>();
    for (List<String> key : keys) {
      ordered.add(refresh.key().stream().map(name -> key.get(own.indexOf(name))).toList());
    }
    return List.of(dumps.request(refresh.source(), ordered));
  }
}
