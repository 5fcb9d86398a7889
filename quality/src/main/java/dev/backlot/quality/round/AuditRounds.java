package dev.backlot.quality.round;

import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Difference;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.metadata.AuditStore.ProofState;
import dev.backlot.metadata.AuditStore.Repair;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.quality.audit.Comparison;
import dev.backlot.quality.audit.Finding;
import dev.backlot.quality.audit.NotNowException;
import dev.backlot.quality.audit.Subject;
import dev.backlot.quality.audit.TableAudit;
import dev.backlot.quality.mapping.PlanMappings;
import dev.backlot.quality.mapping.TableMapping;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.round.Causes.Cause;
import dev.backlot.quality.table.TableReader;
import dev.backlot.schema.AvroSchemas;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares tables with all their Sources and writes down what it finds. Thread-safe. */
public final class AuditRounds {
  private final MetadataDatabase metadata;
  private final AuditStore store;
  private final TableReader reader;
  private final AuditHost host;

  /** Prepares. */
  public AuditRounds(MetadataDatabase metadata, TableReader reader, AuditHost host) {
    this.metadata = metadata;
    this.store = metadata.audits();
    this.reader = reader;
    this.host = host;
  }

  /**
   * What a round is to do.
   *
   * @param keys only these, as a person wrote them; empty for the whole table
   * @param rowsPerSecond most rows that are read in a second on either side; 0 for no limit
   */
  public record Order(
      String table,
      String pipeline,
      Optional<List<List<String>>> keys,
      Repair repair,
      long rowsPerSecond) {}

  /**
   * What came of a round.
   *
   * @param waiting why it could not be told for some Sources; empty when it could for all
   * @param found how many differences were found
   * @param differences how many remain
   * @param report as the API shows it
   */
  public record Outcome(
      Optional<String> waiting, long found, long differences, Map<String, Object> report) {}

  /** Runs a round. */
  public Outcome run(Order order) {
    Optional<PipelinePlan> plan = host.deployedPlan(order.pipeline());
    if (plan.isEmpty()) {
      return new Outcome(
          Optional.of("Pipeline '" + order.pipeline() + "' has not been deployed."),
          0,
          0,
          Map.of());
    }
    List<TableMapping> mappings =
        PlanMappings.of(plan.get()).stream()
            .filter(mapping -> mapping.table().equals(order.table()))
            .toList();
    store.forget(order.table(), mappings.stream().map(TableMapping::source).toList());
    List<Map<String, Object>> sources = new ArrayList<>();
    Optional<String> waiting = Optional.empty();
    long differences = 0;
    long found = 0;
    for (TableMapping mapping : mappings) {
      SourceRound round = source(order, plan.get(), mapping);
      sources.add(round.report());
      differences += round.differences();
      found += round.found();
      waiting = waiting.or(round::waiting);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("sources", sources);
    report.put("differences", differences);
    return new Outcome(waiting, found, differences, report);
  }

  private record SourceRound(
      Optional<String> waiting, long found, long differences, Map<String, Object> report) {}

  private SourceRound source(Order order, PipelinePlan plan, TableMapping mapping) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("source", mapping.source());
    if (mapping instanceof TableMapping.Unproven unproven) {
      prove(order, mapping, ProofState.UNPROVEN, unproven.reason(), Optional.empty(), 0, 0);
      report.put("state", ProofState.UNPROVEN.label());
      report.put("reason", unproven.reason());
      return new SourceRound(Optional.empty(), 0, 0, report);
    }
    ByPosition by = (ByPosition) mapping;
    try {
      return compared(order, subject(order, plan, by), report);
    } catch (NotNowException e) {
      wait(order, by, e.reason());
      report.put("state", ProofState.WAITING.label());
      report.put("reason", e.reason());
      return new SourceRound(Optional.of(e.reason()), 0, 0, report);
    }
  }

  private Subject subject(Order order, PipelinePlan plan, ByPosition mapping) {
    StoredSource source =
        metadata
            .sources()
            .find(mapping.source())
            .orElseThrow(() -> new NotNowException("Source '" + mapping.source() + "' is gone."));
    Set<String> columns =
        Set.copyOf(
            AvroSchemas.rowSchema(AvroSchemas.parse(source.descriptor().valueSchema()))
                .fieldNames());
    return new Subject(
        mapping.among(columns),
        source.descriptor().connection(),
        plan.hash(),
        order.rowsPerSecond());
  }

  private SourceRound compared(Order order, Subject subject, Map<String, Object> report) {
    TableAudit audit = new TableAudit(subject, metadata, reader);
    Optional<List<List<String>>> keys =
        order.keys().map(all -> all.stream().map(subject::canonical).toList());
    Comparison comparison = keys.isEmpty() ? audit.whole() : audit.keys(keys.get());
    List<Cause> causes = new Causes(host, reader).of(subject, comparison.findings());
    write(subject, keys, comparison.findings(), causes);
    if (keys.isEmpty() && !comparison.findings().isEmpty()) {
      prove(order, subject.mapping(), ProofState.DIFFERENT, "", comparison, Optional.empty());
    }
    List<Finding> remaining = comparison.findings();
    List<Map<String, Object>> shown = shown(comparison.findings(), causes);
    if (order.repair() == Repair.REPAIR && !comparison.findings().isEmpty()) {
      remaining = repaired(subject, comparison, causes, shown, report);
      write(subject, keys, remaining, new Causes(host, reader).of(subject, remaining));
    }
    long beyond = Math.max(0, comparison.suspected() - comparison.findings().size());
    boolean different = !remaining.isEmpty() || isTooMany(comparison);
    ProofState state = different ? ProofState.DIFFERENT : ProofState.EQUAL;
    if (keys.isEmpty()) {
      prove(
          order,
          subject.mapping(),
          state,
          isTooMany(comparison) ? beyond + " more keys may differ." : "",
          comparison,
          different ? Optional.empty() : Optional.of(comparison.asOf()));
    }
    report.put("state", state.label());
    report.put("as_of", comparison.asOf().toString());
    report.put("rows", comparison.rows());
    report.put("moving", comparison.moving());
    report.put("suspected", comparison.suspected());
    report.put("left_out", leftOut(subject.mapping()));
    report.put("differences", shown);
    report.put("remaining", remaining.size());
    return new SourceRound(
        Optional.empty(), comparison.findings().size(), remaining.size(), report);
  }

  /** Suspected keys that turned out equal are no differences; those never looked at may be. */
  private static boolean isTooMany(Comparison comparison) {
    return comparison.suspected() > TableAudit.MOST_KEYS && !comparison.findings().isEmpty();
  }

  /** What can't be mended now stays a difference, and the next round tries again. */
  private List<Finding> repaired(
      Subject subject,
      Comparison comparison,
      List<Cause> causes,
      List<Map<String, Object>> shown,
      Map<String, Object> report) {
    List<Finding> mendable = new ArrayList<>();
    List<Finding> left = new ArrayList<>();
    for (int i = 0; i < causes.size(); i++) {
      (causes.get(i).letter() ? left : mendable).add(comparison.findings().get(i));
    }
    TableRepair.Repaired repaired;
    try {
      repaired =
          new TableRepair(metadata, reader, host).run(subject, mendable, isTooMany(comparison));
    } catch (NotNowException e) {
      report.put("repair", "Cannot repair now: " + e.reason());
      return comparison.findings();
    }
    left.addAll(repaired.remaining());
    for (int i = 0; i < shown.size(); i++) {
      List<String> key = comparison.findings().get(i).key();
      Optional<Finding> still = left.stream().filter(f -> f.key().equals(key)).findFirst();
      shown
          .get(i)
          .put(
              "after",
              still
                  .map(f -> repaired.restless().contains(f.key()) ? "moving" : label(f))
                  .orElse("equal"));
    }
    report.put("removed_rows", repaired.removedRows());
    report.put("dumped_rows", repaired.dumpedRows());
    return left;
  }

  private static String label(Finding finding) {
    return finding.kind().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static List<Map<String, Object>> shown(List<Finding> findings, List<Cause> causes) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("key", finding.key());
      map.put("kind", label(finding));
      map.put("columns", columns(finding));
      map.put("place", place(finding));
      map.put("cause", causes.get(i).text());
      map.put(
          "action",
          causes.get(i).letter() ? "none; replay the dead letter" : TableRepair.action(finding));
      shown.add(map);
    }
    return shown;
  }

  private static List<Map<String, String>> columns(Finding finding) {
    List<Map<String, String>> columns = new ArrayList<>();
    for (Finding.Value value : finding.columns()) {
      Map<String, String> map = new LinkedHashMap<>();
      map.put("column", value.column());
      Optional.ofNullable(value.source()).ifPresent(text -> map.put("source", shortened(text)));
      Optional.ofNullable(value.table()).ifPresent(text -> map.put("table", shortened(text)));
      columns.add(map);
    }
    return columns;
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  private static String place(Finding finding) {
    return finding
        .place()
        .map(at -> at.epoch() + "/" + at.partition() + "/" + at.offset())
        .orElse("");
  }

  private void write(
      Subject subject,
      Optional<List<List<String>>> keys,
      List<Finding> findings,
      List<Cause> causes) {
    ByPosition mapping = subject.mapping();
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      differences.add(
          new Difference(
              mapping.table(),
              mapping.source(),
              finding.key(),
              label(finding),
              columns(finding),
              place(finding),
              causes.get(i).text(),
              Instant.EPOCH));
    }
    store.replace(mapping.table(), mapping.source(), keys, differences);
  }

  private void wait(Order order, ByPosition mapping, String reason) {
    boolean known =
        store.proofs(order.table()).stream()
            .anyMatch(proof -> proof.source().equals(mapping.source()));
    if (known) {
      store.setState(order.table(), mapping.source(), ProofState.WAITING, reason);
    } else {
      prove(order, mapping, ProofState.WAITING, reason, Optional.empty(), 0, 0);
    }
  }

  private void prove(
      Order order,
      TableMapping mapping,
      ProofState state,
      String reason,
      Comparison comparison,
      Optional<Instant> provenAt) {
    prove(order, mapping, state, reason, provenAt, comparison.rows(), comparison.moving());
  }

  private void prove(
      Order order,
      TableMapping mapping,
      ProofState state,
      String reason,
      Optional<Instant> provenAt,
      long rows,
      long moving) {
    store.prove(
        new Proof(
            order.table(),
            mapping.source(),
            order.pipeline(),
            state,
            reason,
            provenAt,
            rows,
            moving,
            mapping instanceof ByPosition by ? leftOut(by) : List.of(),
            Instant.EPOCH,
            Instant.EPOCH));
  }

  private static List<Map<String, String>> leftOut(ByPosition mapping) {
    return mapping.leftOut().stream()
        .map(out -> Map.of("column", out.column(), "reason", out.reason()))
        .toList();
  }
}
