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
    shown.put("rounds", store.ofTable(table, ROUNDS).stream().map(AuditViews::map).toList());
    return shown;
  }

  private Map<String, Object> map(Difference difference, Set<String> masked) {
    Map<String, Object> map = map(difference);
    if (masked.isEmpty()) {
      return map;
    }
    if (keyOf.apply(difference.table()).stream().anyMatch(masked::contains)) {
      map.put("key", List.of(Masks.MASKED));
    }
    map.put(
        "columns",
        difference.columns().stream()
            .map(
                column ->
                    masked.contains(column.get("column"))
                        ? Map.of(
                            "column",
                            String.valueOf(column.get("column")),
                            "source",
                            Masks.MASKED,
                            "table",
                            Masks.MASKED)
                        : column)
            .toList());
    map.put("masked", masked);
    return map;
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
  static Map<String, Object> map(Round round) {
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
