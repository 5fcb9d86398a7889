package dev.backlot.controller.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.metadata.AuditStore.ProofState;
import dev.backlot.metadata.AuditStore.Round;
import dev.backlot.metadata.AuditStore.State;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What is proven of every audited table, and single rows beside their origin. */
@RestController
public final class ProofResource {
  private final AuditStore store;
  private final DocumentStore documents;
  private final AuditViews views;
  private final RowComparisons rows;
  private final Masks masks;

  /** Shows these. */
  public ProofResource(
      MetadataDatabase metadata, AuditViews views, RowComparisons rows, Masks masks) {
    this.store = metadata.audits();
    this.documents = metadata.documents();
    this.views = views;
    this.rows = rows;
    this.masks = masks;
  }

  /**
   * What is proven of a table.
   *
   * @param state equal, different, waiting, failed, unproven or new: its gravest part's
   * @param rows that the last round compared
   * @param moving keys that kept changing while they were compared
   * @param running the round that is being done, if one is
   * @param last the newest round that has ended
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record TableProof(
      String table,
      String pipeline,
      String owner,
      String state,
      String reason,
      Optional<Instant> provenEqualAsOf,
      long rows,
      long moving,
      long differences,
      List<String> sources,
      Optional<Long> running,
      Optional<Long> last,
      Optional<Instant> lookedAt) {}

  /** All of them. */
  record Proofs(List<TableProof> items) {}

  @GetMapping("/api/v1/proofs")
  Proofs list() {
    Map<String, List<Proof>> byTable = new TreeMap<>();
    store.proofs().forEach(p -> byTable.computeIfAbsent(p.table(), t -> new ArrayList<>()).add(p));
    Map<String, Map<String, Object>> summaries = views.summaries();
    Map<String, Round> ended = store.lastEnded();
    Map<String, Long> running = new HashMap<>();
    store.newest(0).stream()
        .filter(round -> round.state() == State.RUNNING)
        .forEach(round -> running.put(round.table(), round.id()));
    Map<String, String> owners = new HashMap<>();
    documents
        .list(SpecKind.PIPELINE)
        .forEach(
            document ->
                Usage.pipeline(document)
                    .ifPresent(spec -> owners.put(spec.name(), spec.header().owner())));
    List<TableProof> items = new ArrayList<>();
    byTable.forEach(
        (table, proofs) -> {
          Map<String, Object> summary = summaries.getOrDefault(table, Map.of());
          String pipeline = proofs.get(0).pipeline();
          items.add(
              new TableProof(
                  table,
                  pipeline,
                  owners.getOrDefault(pipeline, ""),
                  String.valueOf(summary.getOrDefault("state", ProofState.NEW.label())),
                  String.valueOf(summary.getOrDefault("reason", "")),
                  Optional.ofNullable((Instant) summary.get("proven_equal_as_of")),
                  proofs.stream().mapToLong(Proof::comparedRows).sum(),
                  proofs.stream().mapToLong(Proof::movingKeys).sum(),
                  summary.get("differences") instanceof Number n ? n.longValue() : 0,
                  proofs.stream().map(Proof::source).toList(),
                  Optional.ofNullable(running.get(table)),
                  Optional.ofNullable(ended.get(table)).map(Round::id),
                  proofs.stream().map(Proof::lookedAt).max(Instant::compareTo)));
        });
    return new Proofs(items);
  }

  /**
   * Which row.
   *
   * @param key texts in key order
   */
  record RowRequest(@Nullable String source, @Nullable List<String> key) {}

  @PostMapping("/api/v1/tables/{name}/rows")
  RowComparison row(@PathVariable String name, @RequestBody RowRequest request, Caller caller) {
    if (request.source() == null || request.key() == null || request.key().isEmpty()) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot show a row of table '"
              + name
              + "': the request does not say which. Give its 'source' and 'key'.");
    }
    RowComparison compared = rows.compare(name, request.source(), request.key());
    Set<String> masked = new TreeSet<>(masks.ofTable(caller, compared.table()));
    masked.addAll(masks.ofSource(caller, compared.source()));
    if (compared.keyColumns().stream().anyMatch(masked::contains)) {
      // Whether there is a row of some key would tell its values, guess by guess.
      throw new ProblemException(
          ProblemCode.FORBIDDEN,
          "Cannot show a row of table '"
              + name
              + "': its key is masked for you. Ask the owner of its Source for the clearance.");
    }
    return compared.masked(masked, Masks.MASKED);
  }
}
