package dev.backlot.controller.audit;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Difference;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.metadata.AuditStore.ProofState;
import dev.backlot.metadata.AuditStore.Round;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** What audits have proven and found, as the API shows it. Thread-safe. */
public final class AuditViews {
  private static final int DIFFERENCES = 100;
  private static final int ROUNDS = 10;

  /** The gravest first. */
  private static final List<ProofState> GRAVEST =
      List.of(
          ProofState.DIFFERENT,
          ProofState.FAILED,
          ProofState.WAITING,
          ProofState.NEW,
          ProofState.EQUAL,
          ProofState.UNPROVEN);

  private final AuditStore store;
  private final Masks masks;
  private final Function<String, List<String>> keyOf;

  /**
   * Shows what this store has.
   *
   * @param keyOf tells a table's key by the table's name
   */
  public AuditViews(AuditStore store, Masks masks, Function<String, List<String>> keyOf) {
    this.store = store;
    this.masks = masks;
    this.keyOf = keyOf;
  }

  /** Returns for each audited table what is proven of it. */
  public Map<String, Map<String, Object>> summaries() {
    Map<String, List<Proof>> byTable = new TreeMap<>();
    store.proofs().forEach(p -> byTable.computeIfAbsent(p.table(), t -> new ArrayList<>()).add(p));
    Map<String, Long> differences = store.differenceCounts();
    Map<String, Map<String, Object>> summaries = new TreeMap<>();
    byTable.forEach(
        (table, proofs) ->
            summaries.put(table, summary(proofs, differences.getOrDefault(table, 0L))));
    return summaries;
  }

  /** Returns what is proven of a table, what differs, and its newest rounds. */
  public Map<String, Object> describe(String table) {
    List<Proof> proofs = store.proofs(table);
    List<Difference> differences = store.differences(Optional.of(table), DIFFERENCES);
    Map<String, Object> shown = new LinkedHashMap<>(summary(proofs, differences.size()));
    Set<String> masked = masks.ofTable(Callers.current(), table);
    shown.put("differing", differences.stream().map(d -> map(d, masked)).toList());
    shown.put("rounds", store.ofTable(table, ROUNDS).stream().map(this::round).toList());
    return shown;
  }

  private Map<String, Object> map(Difference difference, Set<String> masked) {
    return hide(map(difference), difference.table(), masked);
  }

  /** Hides what a caller may not see of a difference, as this or a round's report tells it. */
  private Map<String, Object> hide(
      Map<String, Object> difference, String table, Set<String> masked) {
    if (masked.isEmpty()) {
      return difference;
    }
    Map<String, Object> shown = new LinkedHashMap<>(difference);
    if (keyOf.apply(table).stream().anyMatch(masked::contains)) {
      shown.put("key", List.of(Masks.MASKED));
    }
    if (shown.get("columns") instanceof List<?> columns) {
      shown.put("columns", columns.stream().map(column -> hideColumn(column, masked)).toList());
    }
    shown.put("masked", masked);
    return shown;
  }

  private static Object hideColumn(Object column, Set<String> masked) {
    if (!(column instanceof Map<?, ?> values)
        || !masked.contains(String.valueOf(values.get("column")))) {
      return column;
    }
    return Map.of(
        "column",
        String.valueOf(values.get("column")),
        "source",
        Masks.MASKED,
        "table",
        Masks.MASKED);
  }

  /** Returns a round as the caller may see it. */
  Map<String, Object> round(Round round) {
    Map<String, Object> shown = map(round);
    Set<String> masked = masks.ofTable(Callers.current(), round.table());
    if (masked.isEmpty() || !(round.report().get("sources") instanceof List<?> sources)) {
      return shown;
    }
    List<Object> hidden = new ArrayList<>();
    for (Object source : sources) {
      if (source instanceof Map<?, ?> told) {
        Map<String, Object> copy = new LinkedHashMap<>();
        told.forEach((name, value) -> copy.put(String.valueOf(name), value));
        copy.computeIfPresent("differences", (name, all) -> hideAll(all, round.table(), masked));
        hidden.add(copy);
      }
    }
    Map<String, Object> report = new LinkedHashMap<>(round.report());
    report.put("sources", hidden);
    shown.put("report", report);
    return shown;
  }

  private List<Map<String, Object>> hideAll(Object differences, String table, Set<String> masked) {
    return Masks.hideAll(differences, Set.of()).stream()
        .map(difference -> hide(difference, table, masked))
        .toList();
  }

  private static Map<String, Object> summary(List<Proof> proofs, long differences) {
    Map<String, Object> map = new LinkedHashMap<>();
    ProofState state =
        GRAVEST.stream()
            .filter(grave -> proofs.stream().anyMatch(proof -> proof.state() == grave))
            .findFirst()
            .orElse(ProofState.NEW);
    map.put("state", state.label());
    map.put(
        "reason",
        proofs.stream()
            .filter(proof -> proof.state() == state && !proof.reason().isEmpty())
            .map(Proof::reason)
            .findFirst()
            .orElse(""));
    provenAt(proofs).ifPresent(time -> map.put("proven_equal_as_of", time));
    map.put("rows", proofs.stream().mapToLong(Proof::comparedRows).sum());
    map.put("moving", proofs.stream().mapToLong(Proof::movingKeys).sum());
    map.put("differences", differences);
    map.put("sources", proofs.stream().map(AuditViews::map).toList());
    return map;
  }

  /** A table is proven as of the time at which its least proven part is. */
  private static Optional<Instant> provenAt(List<Proof> proofs) {
    List<Proof> provable =
        proofs.stream().filter(proof -> proof.state() != ProofState.UNPROVEN).toList();
    boolean all = provable.stream().allMatch(proof -> proof.provenAt().isPresent());
    return all
        ? provable.stream().map(proof -> proof.provenAt().orElseThrow()).min(Instant::compareTo)
        : Optional.empty();
  }

  private static Map<String, Object> map(Proof proof) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", proof.source());
    map.put("state", proof.state().label());
    map.put("reason", proof.reason());
    proof.provenAt().ifPresent(time -> map.put("proven_equal_as_of", time));
    map.put("rows", proof.comparedRows());
    map.put("moving", proof.movingKeys());
    map.put("left_out", proof.leftOut());
    map.put("since", proof.since());
    map.put("looked_at", proof.lookedAt());
    return map;
  }

  private static Map<String, Object> map(Difference difference) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", difference.source());
    map.put("key", difference.key());
    map.put("kind", difference.kind());
    map.put("columns", difference.columns());
    map.put("place", difference.place());
    map.put("cause", difference.cause());
    map.put("found_at", difference.foundAt());
    return map;
  }

  /** Returns a round as the API shows it. */
  private static Map<String, Object> map(Round round) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", round.id());
    map.put("table", round.table());
    map.put("asked", round.asked());
    map.put("repair", round.repair().label());
    round.keys().ifPresent(keys -> map.put("keys", keys.size()));
    map.put("state", round.state().label());
    map.put("reason", round.reason());
    map.put("requested_at", round.requestedAt());
    round.startedAt().ifPresent(time -> map.put("started_at", time));
    round.finishedAt().ifPresent(time -> map.put("finished_at", time));
    map.put("report", round.report());
    return map;
  }
}
