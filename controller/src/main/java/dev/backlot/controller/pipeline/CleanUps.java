package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DeliveryStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.EndpointStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import java.util.Optional;

/**
 * What a deleted document leaves behind is cleaned up before the document goes; {@code --orphan}
 * lets go of what can't be.
 */
public final class CleanUps {
  private final DocumentStore documents;
  private final CaptureStore captures;
  private final SourceStore sources;
  private final EndpointStore endpoints;
  private final BlackBoxStore blackBoxAudits;
  private final DeliveryStore deliveries;
  private final UpgradeStore upgrades;
  private final Lake lake;
  private final DataPlane dataPlane;

  /** Cleans up in the metadata database, in the warehouse and in the data plane. */
  public CleanUps(MetadataDatabase metadata, Lake lake, DataPlane dataPlane) {
    this.dataPlane = dataPlane;
    this.documents = metadata.documents();
    this.captures = metadata.captures();
    this.sources = metadata.sources();
    this.endpoints = metadata.endpoints();
    this.blackBoxAudits = metadata.blackBoxAudits();
    this.deliveries = metadata.deliveries();
    this.upgrades = metadata.upgrades();
    this.lake = lake;
  }

  /**
   * Ends a pipeline whose job is gone: purges its tables, published topics and dead letters when it
   * says so, then forgets it. Topics that others still read stay.
   */
  void pipeline(StoredDocument document) {
    Optional<PipelineSpec> pipeline = Usage.pipeline(document);
    boolean purge =
        pipeline.map(PipelineSpec::deletion).equals(Optional.of(PipelineSpec.Deletion.PURGE));
    boolean read =
        pipeline
            .map(spec -> !Usage.pipelinesReading(Usage.published(spec), documents.list()).isEmpty())
            .orElse(false);
    try {
      if (!sources.ofPipeline(document.name()).isEmpty()) {
        dataPlane.endPublications(document.name(), purge && !read);
      }
      if (pipeline.isPresent() && purge) {
        Usage.tables(pipeline.get()).forEach(table -> lake.purge(table, document.name()));
        dataPlane.deleteDeadLetters(document.name());
      }
    } catch (ProblemException e) {
      if (!document.orphan()) {
        throw e;
      }
    }
    upgrades.forget(document.name());
    documents.remove(SpecKind.PIPELINE, document.name());
  }

  /** Ends a connection once capture has left its database, or at once when it is orphaned. */
  void documentOtherThanPipeline(StoredDocument document) {
    if (document.kind() == SpecKind.CONNECTION) {
      boolean left =
          captures
              .status(document.name())
              .map(status -> status.state() == CaptureStore.State.REMOVED)
              .orElse(false);
      if (!left && !document.orphan()) {
        return;
      }
      captures.forget(document.name());
    }
    if (document.kind() == SpecKind.ENDPOINT) {
      endpoints.remove(document.name());
    }
    if (document.kind() == SpecKind.AUDIT) {
      blackBoxAudits.forget(document.name());
    }
    if (document.kind() == SpecKind.ROUTE) {
      deliveries.remove(document.name());
    }
    documents.remove(document.kind(), document.name());
  }
}
