package dev.backlot.controller.lineage;

import dev.backlot.controller.web.Json;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.plan.PipelinePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The graph of fields that all deployed plans make together. A plan never changes under its hash,
 * so each is followed once. Thread-safe.
 */
public final class Lineages {
  private final PipelineStore pipelines;
  private final Origins origins;
  private Map<String, Followed> followed = Map.of();
  private @Nullable LineageGraph graph;

  /** Follows the plans in a store, and remembers their origins. */
  public Lineages(PipelineStore pipelines, Origins origins) {
    this.pipelines = pipelines;
    this.origins = origins;
  }

  private record Followed(String hash, PlanLineage.Found found) {}

  /** Returns the graph as of now. */
  public synchronized LineageGraph graph() {
    Map<String, Followed> now = new HashMap<>();
    for (Status status : pipelines.list()) {
      if (!status.planHash().isEmpty()) {
        Followed known = followed.get(status.pipeline());
        (known != null && known.hash().equals(status.planHash())
                ? Optional.of(known)
                : follow(status.pipeline(), status.planHash()))
            .ifPresent(plan -> now.put(status.pipeline(), plan));
      }
    }
    LineageGraph known = graph;
    if (known == null || !now.equals(followed)) {
      List<PlanLineage.Found> plans = new ArrayList<>();
      now.keySet().stream().sorted().forEach(name -> plans.add(found(now, name)));
      known = new LineageGraph(plans);
      graph = known;
      followed = Map.copyOf(now);
    }
    return known;
  }

  private static PlanLineage.Found found(Map<String, Followed> plans, String pipeline) {
    Followed followed = plans.get(pipeline);
    return followed == null ? new PlanLineage.Found(List.of(), Map.of()) : followed.found();
  }

  private Optional<Followed> follow(String pipeline, String hash) {
    return pipelines
        .plan(pipeline, hash)
        .map(json -> Json.MAPPER.convertValue(Json.readTree(json), PipelinePlan.class))
        .map(
            plan -> {
              // Plans of before origins were kept are caught up with here.
              origins.note(plan);
              return new Followed(hash, PlanLineage.of(plan));
            });
  }
}
