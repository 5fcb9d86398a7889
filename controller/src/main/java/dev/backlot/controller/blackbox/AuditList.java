package dev.backlot.controller.blackbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.blackbox.LakeSide;
import dev.backlot.quality.enrichment.EnrichedTable;
import dev.backlot.quality.enrichment.EnrichedTables;
import dev.backlot.quality.enrichment.EnrichmentLook;
import dev.backlot.quality.enrichment.Graph.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All audits without a common position: those that documents declare, and one for each table and
 * step that takes columns from a graph, unless its pipeline is not audited. Thread-safe.
 */
public final class AuditList {
  private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(200);

  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final DataPlane dataPlane;
  private final Lake lake;
  private final LakeSide lakeSide;
  private final KeyedDumps dumps;
  private final Map<EnrichedTable, EnrichmentLook> looks = new ConcurrentHashMap<>();
  private final Map<String, Planned> plans = new ConcurrentHashMap<>();

  /** What was found in the plan of a hash. */
  private record Planned(String hash, List<EnrichedTable> tables) {}

  /** Lists what stands in the metadata database. */
  public AuditList(MetadataDatabase metadata, DataPlane dataPlane, Lake lake) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.dataPlane = dataPlane;
    this.lake = lake;
    this.lakeSide = new LakeSide(lake::queries);
    this.dumps = new KeyedDumps(metadata);
  }

  /** Returns those that look by themselves now. */
  List<RepeatedAudit> active() {
    List<RepeatedAudit> audits = new ArrayList<>();
    for (StoredDocument document : documents.list(SpecKind.AUDIT)) {
      if (!document.deleting()) {
        query(document).ifPresent(audits::add);
      }
    }
    Map<EnrichedTable, PipelineSpec> enriched = enriched();
    looks.keySet().retainAll(enriched.keySet());
    enriched.forEach(
        (table, pipeline) -> {
          if (pipeline.state() == PipelineSpec.DesiredState.RUNNING
              && pipeline.audit().pause().isPresent()) {
            audits.add(enrichment(table, pipeline));
          }
        });
    return audits;
  }

  /** Returns the audit of a name. */
  Optional<RepeatedAudit> find(String name) {
    Optional<RepeatedAudit> declared = documents.find(SpecKind.AUDIT, name).flatMap(this::query);
    if (declared.isPresent()) {
      return declared;
    }
    for (Map.Entry<EnrichedTable, PipelineSpec> entry : enriched().entrySet()) {
      if (EnrichmentAudit.name(entry.getKey()).equals(name)) {
        return Optional.of(enrichment(entry.getKey(), entry.getValue()));
      }
    }
    return Optional.empty();
  }

  /** Returns every table with columns from a graph, with its pipeline as it is declared. */
  Map<EnrichedTable, PipelineSpec> enriched() {
    Map<EnrichedTable, PipelineSpec> tables = new LinkedHashMap<>();
    Map<String, Planned> seen = new HashMap<>();
    Map<String, String> hashes = new HashMap<>();
    pipelines.list().forEach(status -> hashes.put(status.pipeline(), status.planHash()));
    for (StoredDocument document : documents.list(SpecKind.PIPELINE)) {
      Optional<PipelineSpec> spec = Usage.pipeline(document);
      String hash = hashes.getOrDefault(document.name(), "");
      if (document.deleting() || spec.isEmpty() || hash.isEmpty()) {
        continue;
      }
      Planned planned = plans.get(document.name());
      if (planned == null || !planned.hash().equals(hash)) {
        planned =
            new Planned(
                hash,
                pipelines.deployedPlan(document.name()).map(AuditList::tables).orElse(List.of()));
      }
      seen.put(document.name(), planned);
      planned.tables().forEach(table -> tables.put(table, spec.get()));
    }
    plans.keySet().retainAll(seen.keySet());
    plans.putAll(seen);
    return tables;
  }

  private static List<EnrichedTable> tables(String plan) {
    return EnrichedTables.of(Json.MAPPER.convertValue(Json.readTree(plan), PipelinePlan.class));
  }

  private Optional<RepeatedAudit> query(StoredDocument document) {
    return Usage.spec(document.json())
        .filter(AuditSpec.class::isInstance)
        .map(AuditSpec.class::cast)
        .map(spec -> new QueryAudit(spec, documents, dataPlane, lakeSide, dumps));
  }

  private RepeatedAudit enrichment(EnrichedTable table, PipelineSpec pipeline) {
    EnrichmentLook look =
        looks.computeIfAbsent(
            table, found -> new EnrichmentLook(found, lake.queries(), this::ask, AuditList::pause));
    return new EnrichmentAudit(table, pipeline.audit(), look, dumps);
  }

  private List<Answer> ask(EnrichedTable table, List<Map<String, @Nullable String>> rows) {
    List<Answer> answers = new ArrayList<>();
    for (JsonNode answer : dataPlane.ask(table.pipeline(), table.step(), rows)) {
      answers.add(
          switch (answer.path("outcome").asText("")) {
            case "found" -> new Answer.Found(values(answer.path("values")));
            case "missing" -> new Answer.Missing(false);
            case "deleted" -> new Answer.Missing(true);
            default -> new Answer.Unknown(answer.path("reason").asText("it is unclear"));
          });
    }
    return answers;
  }

  private static Map<String, JsonNode> values(JsonNode answer) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    answer.fields().forEachRemaining(field -> values.put(field.getKey(), field.getValue()));
    return values;
  }

  private static void pause() {
    LockSupport.parkNanos(BETWEEN_REQUESTS.toNanos());
  }
}
