package dev.backlot.controller.pipeline;

import dev.backlot.controller.blocked.BlockedPipelines;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.evolution.Consumers;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.metadata.UpgradeStore.Upgrade;
import dev.backlot.model.ProblemCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is shown of a pipeline that is looked at by itself. Thread-safe. */
public final class PipelineDetails {
  private static final int UPGRADES = 5;

  private final UpgradeStore upgrades;
  private final Consumers consumers;
  private final BlockedPipelines blocked;

  /** Shows these parts. */
  public PipelineDetails(MetadataDatabase metadata, Consumers consumers, BlockedPipelines blocked) {
    this.upgrades = metadata.upgrades();
    this.consumers = consumers;
    this.blocked = blocked;
  }

  void addTo(
      Map<String, Object> shown,
      StoredDocument document,
      Status status,
      BlockedPipelines.Effort effort) {
    if (isBlocked(status)) {
      Usage.pipeline(document)
          .map(spec -> blocked.describe(spec, status.planHash(), effort))
          .filter(found -> !found.isEmpty())
          .ifPresent(found -> shown.put("blocked", found));
    }
    List<Upgrade> newest = upgrades.newest(status.pipeline(), UPGRADES);
    if (!newest.isEmpty()) {
      shown.put("upgrades", newest.stream().map(PipelineDetails::upgrade).toList());
    }
    shown.put("consumes", consumers.ofPipeline(status.pipeline(), status.planHash()));
  }

  private static boolean isBlocked(Status status) {
    return status.state() == State.BLOCKED
        && status.code().equals(ProblemCode.SCHEMA_INCOMPATIBLE.name());
  }

  private static Map<String, Object> upgrade(Upgrade upgrade) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("state", upgrade.state().label());
    map.put("cause", upgrade.cause());
    if (!upgrade.reason().isEmpty()) {
      map.put("reason", upgrade.reason());
    }
    map.put("from", upgrade.fromHash());
    map.put("to", upgrade.toHash());
    map.put("started_at", upgrade.startedAt());
    upgrade.endedAt().ifPresent(time -> map.put("ended_at", time));
    return map;
  }
}
