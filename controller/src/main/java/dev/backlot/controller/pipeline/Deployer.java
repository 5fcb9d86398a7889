package dev.backlot.controller.pipeline;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Planned;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.evolution.Evolution;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.Origins;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.metadata.UpgradeStore;
import dev.backlot.metadata.UpgradeStore.Upgrade;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans pipelines and hands plans to the data plane: for a new revision, again after a failure, or
 * because a Source has another schema. Each step can be done again, so that a controller that dies
 * in the middle leaves nothing that the next one does not finish. Thread-safe; blocks.
 */
final class Deployer {
  private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
  private static final Duration BLOCKED_RETRY = Duration.ofSeconds(5);
  private static final Duration WAITING_RETRY = Duration.ofSeconds(1);

  private final PipelineStore pipelines;
  private final UpgradeStore upgrades;
  private final DataPlane dataPlane;
  private final SourceStates sourceStates;
  private final Origins origins;

  Deployer(MetadataDatabase metadata, DataPlane dataPlane) {
    this.pipelines = metadata.pipelines();
    this.upgrades = metadata.upgrades();
    this.dataPlane = dataPlane;
    this.sourceStates = new SourceStates(metadata);
    this.origins = new Origins(metadata.origins());
  }

  /** Brings a pipeline to its document's revision. */
  void deploy(
      StoredDocument document, Optional<Job> job, Optional<Status> status, Verdict.Deploy wanted) {
    String name = document.name();
    List<String> expected = Usage.pipeline(document).map(sourceStates::expected).orElse(List.of());
    if (!expected.isEmpty()) {
      await(name, expected, status);
      return;
    }
    Optional<Planned> planned = plan(document, job, status, wanted.upTo(), wanted.orUpTo());
    if (planned.isPresent()) {
      pipelines.setState(name, State.DEPLOYING, "", "");
      hand(document, planned.get());
      upgrades.endOthers(name, planned.get().hash());
    }
  }

  /** Takes a pipeline to a plan for its Sources' new schemas, or leaves it where it is. */
  void upgrade(StoredDocument document, Optional<Job> job, Status status, Evolution evolution) {
    String name = document.name();
    Optional<Planned> planned =
        plan(document, job, Optional.of(status), evolution.upTo(), Map.of());
    if (planned.isEmpty()) {
      return;
    }
    LOG.info("Pipeline '{}' upgrades: {}", name, evolution.cause());
    upgrades.begin(name, status.planHash(), planned.get().hash(), evolution.cause());
    pipelines.setState(name, State.DEPLOYING, "", "Upgrades: " + evolution.cause() + ".");
    try {
      hand(document, planned.get());
      LOG.info("Pipeline '{}' runs plan {}", name, planned.get().hash());
    } catch (ProblemException e) {
      if (e.problems().get(0).code() == ProblemCode.DATA_PLANE_UNREACHABLE) {
        throw e;
      }
      back(document, status, status.planHash(), e.problems().get(0).message());
    }
  }

  /** Takes a pipeline whose new plan does not run back to the one before. */
  void undo(StoredDocument document, Status status, Upgrade upgrade, String reason) {
    back(document, status, upgrade.fromHash(), reason);
  }

  private void back(StoredDocument document, Status status, String hash, String reason) {
    String name = document.name();
    LOG.warn("Pipeline '{}' goes back to plan {}: {}", name, hash, reason);
    // Tables keep the shape that they have been brought to, so it is the old plan for new tables.
    Optional<Planned> old =
        plan(document, Optional.empty(), Optional.of(status), schemasOf(name, hash), Map.of());
    if (old.isPresent()) {
      hand(document, old.get());
      upgrades.end(name, UpgradeStore.State.UNDONE, reason);
      LOG.info("Pipeline '{}' is back", name);
    }
  }

  private Map<String, Integer> schemasOf(String pipeline, String planHash) {
    Map<String, Integer> newest = new HashMap<>();
    pipelines
        .plan(pipeline, planHash)
        .map(json -> Evolutions.sources(Json.readTree(json)))
        .orElse(List.of())
        .forEach(source -> newest.put(source.name(), source.newestSchema().id()));
    return newest;
  }

  /** Returns the plan, unless it can't be made, which is said in the pipeline's status. */
  private Optional<Planned> plan(
      StoredDocument document,
      Optional<Job> job,
      Optional<Status> status,
      Map<String, Integer> upTo,
      Map<String, Integer> orUpTo) {
    Planned planned = plan(document, upTo, orUpTo);
    if (!planned.problems().isEmpty()) {
      block(document.name(), planned.problems(), job, status);
      return Optional.empty();
    }
    if (!planned.waitingFor().isEmpty() || planned.plan().isEmpty()) {
      await(document.name(), planned.waitingFor(), status);
      return Optional.empty();
    }
    return Optional.of(planned);
  }

  private Planned plan(
      StoredDocument document, Map<String, Integer> upTo, Map<String, Integer> orUpTo) {
    Planned planned = dataPlane.plan(document.json(), List.of(), List.of(), upTo);
    if (planned.problems().isEmpty() || orUpTo.isEmpty()) {
      return planned;
    }
    Planned other = dataPlane.plan(document.json(), List.of(), List.of(), orUpTo);
    return other.problems().isEmpty() ? other : planned;
  }

  private void hand(StoredDocument document, Planned planned) {
    String name = document.name();
    Map<String, Object> plan = planned.plan().orElseThrow();
    origins.note(plan);
    dataPlane.putJob(name, plan, document.revision());
    pipelines.setDeployed(name, document.revision(), planned.hash(), Json.write(plan));
  }

  private void await(String name, List<String> sources, Optional<Status> status) {
    pipelines.setState(name, State.DEPLOYING, "", sourceStates.waitingFor(sources));
    pipelines.setFailure(name, status.map(Status::failures).orElse(0), WAITING_RETRY);
  }

  private void block(
      String name, List<Problem> problems, Optional<Job> job, Optional<Status> status) {
    Problem first = problems.get(0);
    String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
    String running =
        job.filter(Verdict::isLive)
            .map(
                live ->
                    " The job of revision " + status.map(Status::revision).orElse(0L) + " runs on.")
            .orElse("");
    pipelines.setState(name, State.BLOCKED, first.code().name(), first.message() + more + running);
    pipelines.setFailure(name, status.map(Status::failures).orElse(0), BLOCKED_RETRY);
  }
}
