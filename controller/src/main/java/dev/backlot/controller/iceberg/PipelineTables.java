package dev.backlot.controller.iceberg;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.rest.TableOwners;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tables that documents name, and those that a deployed plan still writes after its document
 * was changed. A pipeline owns them until its deletion is done; then a retained table is anybody's.
 */
final class PipelineTables implements TableOwners {
  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  PipelineTables(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
  }

  /** What a pipeline writes by a revision of its document and a deployed plan. */
  private record Known(long revision, String planHash, Set<TableName> tables) {}

  @Override
  public Optional<String> pipelineOf(TableName table) {
    for (StoredDocument document : documents.list(SpecKind.PIPELINE)) {
      if (tables(document).contains(table)) {
        return Optional.of(document.name());
      }
    }
    return Optional.empty();
  }

  private Set<TableName> tables(StoredDocument document) {
    String hash = pipelines.find(document.name()).map(PipelineStore.Status::planHash).orElse("");
    Known before = known.get(document.name());
    if (before != null
        && before.revision() == document.revision()
        && before.planHash().equals(hash)) {
      return before.tables();
    }
    Set<TableName> tables = new HashSet<>();
    Usage.pipeline(document).ifPresent(spec -> Usage.tables(spec).forEach(t -> add(tables, t)));
    pipelines.deployedPlan(document.name()).ifPresent(plan -> addSinks(tables, plan));
    known.put(document.name(), new Known(document.revision(), hash, tables));
    return tables;
  }

  private static void addSinks(Set<TableName> tables, String plan) {
    for (JsonNode sink : Json.readTree(plan).path("sinks")) {
      add(tables, sink.path("table").asText());
    }
  }

  private static void add(Set<TableName> tables, String name) {
    try {
      tables.add(TableName.parse(name));
    } catch (ProblemException e) {
      // A draft may name what can be no table; nothing is written there.
      return;
    }
  }
}
