package dev.backlot.controller.pipeline;

import dev.backlot.controller.backfill.Backfills;
import dev.backlot.controller.blocked.BlockedPipelines;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Offer;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DraftStore;
import dev.backlot.metadata.DraftStore.Draft;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.State;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Pipelines with their statuses. */
public final class PipelineItems implements Items, AutoCloseable {
  private static final Duration PROOF = Duration.ofSeconds(3);
  private static final int MOST_PROOFS = 6;

  private final DocumentStore documents;
  private final DraftStore drafts;
  private final PipelineStore pipelines;
  private final BackfillStore backfills;
  private final DataPlane dataPlane;
  private final ProgressBoard progress;
  private final HeartbeatBoard heartbeats;
  private final PipelineDetails details;
  private final ExecutorService proofs =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "proof");
            thread.setDaemon(true);
            return thread;
          });

  /** Shows the stored pipelines with what the data plane says about them. */
  public PipelineItems(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      PipelineDetails details) {
    this.details = details;
    this.heartbeats = heartbeats;
    this.documents = metadata.documents();
    this.drafts = metadata.drafts();
    this.pipelines = metadata.pipelines();
    this.backfills = metadata.backfills();
    this.dataPlane = dataPlane;
    this.progress = progress;
  }

  @Override
  public String path() {
    return "pipelines";
  }

  @Override
  public String noun() {
    return "pipeline";
  }

  @Override
  public List<Item> list(Effort effort) {
    List<StoredDocument> stored = documents.list(SpecKind.PIPELINE);
    Map<String, Status> statuses = new HashMap<>();
    pipelines.list().forEach(status -> statuses.put(status.pipeline(), status));
    Effort affordable = stored.size() > MOST_PROOFS ? Effort.CHEAP : effort;
    List<Item> items = new ArrayList<>(items(stored, statuses, affordable));
    Set<String> deployed = stored.stream().map(StoredDocument::name).collect(Collectors.toSet());
    for (Draft draft : drafts.list()) {
      if (!deployed.contains(draft.name())) {
        items.add(item(draft));
      }
    }
    items.sort(Comparator.comparing(Item::name));
    return items;
  }

  /** Returns a pipeline that was saved and never deployed. */
  private static Item item(Draft draft) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", "draft");
    status.put("code", "");
    status.put("reason", "Saved by " + draft.author() + ", never deployed.");
    status.put("since", draft.savedAt());
    status.put("revision", 0);
    status.put("deployed_revision", 0);
    status.put("jobs", List.of());
    Map<String, Object> spec =
        SpecReader.sketch(draft.text())
            .pipeline()
            .map(pipeline -> Json.readMap(SpecWriter.toJson(pipeline)))
            .orElse(Map.of());
    return new Item("Pipeline", draft.name(), spec, status);
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    Optional<StoredDocument> stored = documents.find(SpecKind.PIPELINE, name);
    if (stored.isEmpty()) {
      return drafts.find(name).map(PipelineItems::item);
    }
    Map<String, Status> statuses = new HashMap<>();
    pipelines.find(name).ifPresent(status -> statuses.put(name, status));
    Optional<Item> item =
        stored.flatMap(d -> items(List.of(d), statuses, effort).stream().findFirst());
    Optional.ofNullable(statuses.get(name))
        .filter(status -> item.isPresent())
        .ifPresent(
            status ->
                details.addTo(
                    item.orElseThrow().status(),
                    stored.orElseThrow(),
                    status,
                    effort == Effort.PROOF
                        ? BlockedPipelines.Effort.ASK
                        : BlockedPipelines.Effort.KNOWN));
    return item;
  }

  private List<Item> items(
      List<StoredDocument> stored, Map<String, Status> statuses, Effort effort) {
    List<Job> jobs = effort == Effort.PROOF ? currentJobs() : progress.jobs();
    Map<String, Future<Progress>> proofs = new HashMap<>();
    if (effort == Effort.PROOF) {
      for (StoredDocument document : stored) {
        if (canBeCaughtUp(document, statuses.get(document.name()), jobs)) {
          proofs.put(
              document.name(),
              this.proofs.submit(() -> dataPlane.caughtUp(document.name(), PROOF)));
        }
      }
    }
    Map<String, List<Offer>> offered = backfills.offers();
    List<Item> items = new ArrayList<>();
    for (StoredDocument document : stored) {
      Map<String, Object> status = status(document, statuses.get(document.name()), jobs);
      Progress known = progress.of(document.name()).orElse(Progress.UNKNOWN);
      Progress proven = await(proofs.get(document.name()));
      proven.lagSeconds().or(known::lagSeconds).ifPresent(lag -> status.put("lag_seconds", lag));
      proven.lagRecords().or(known::lagRecords).ifPresent(lag -> status.put("lag_records", lag));
      known.rate().ifPresent(rate -> status.put("rate", rate));
      known.deadLetters().ifPresent(count -> status.put("dead_letters", count));
      known.skipped().ifPresent(count -> status.put("skipped_records", count));
      heartbeats.addTo(status, document.name());
      List<Offer> offers = offered.getOrDefault(document.name(), List.of());
      if (!offers.isEmpty()) {
        status.put("backfill", Backfills.offers(offers));
      }
      List<Map<String, Object>> publishes = publishes(document);
      if (!publishes.isEmpty()) {
        status.put("publishes", publishes);
      }
      if (effort == Effort.PROOF) {
        status.put("caught_up", proven.caughtUp().orElse(false));
        status.put("caught_up_reason", proven.reason());
      }
      items.add(new Item("Pipeline", document.name(), Json.readMap(document.json()), status));
    }
    return items;
  }

  /** Returns what a pipeline publishes, and which pipelines read it. */
  private List<Map<String, Object>> publishes(StoredDocument document) {
    List<String> published = Usage.pipeline(document).map(Usage::published).orElse(List.of());
    if (published.isEmpty()) {
      return List.of();
    }
    List<StoredDocument> all = documents.list(SpecKind.PIPELINE);
    List<Map<String, Object>> publishes = new ArrayList<>();
    for (String source : published) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("source", source);
      map.put("consumers", Usage.pipelinesReading(List.of(source), all));
      publishes.add(map);
    }
    return publishes;
  }

  private static boolean canBeCaughtUp(
      StoredDocument document, @Nullable Status status, List<Job> jobs) {
    return status != null
        && status.revision() == document.revision()
        && !document.deleting()
        && jobs.stream()
            .anyMatch(job -> job.pipeline().equals(document.name()) && Verdict.isLive(job));
  }

  private static Progress await(@Nullable Future<Progress> proof) {
    if (proof == null) {
      return Progress.UNKNOWN;
    }
    try {
      return proof.get(PROOF.toSeconds() + 6, java.util.concurrent.TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return Progress.UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Progress.UNKNOWN;
    }
  }

  private List<Job> currentJobs() {
    try {
      return dataPlane.jobs();
    } catch (ProblemException e) {
      return List.of();
    }
  }

  private static Map<String, Object> status(
      StoredDocument document, @Nullable Status status, List<Job> jobs) {
    Map<String, Object> map = new LinkedHashMap<>();
    State state = status == null ? State.DEPLOYING : status.state();
    String reason = status == null ? "" : status.reason();
    boolean paused =
        Usage.pipeline(document)
            .map(p -> p.state() == PipelineSpec.DesiredState.PAUSED)
            .orElse(false);
    if (document.deleting()) {
      state = State.DELETING;
    } else if (!paused && isStale(document, status)) {
      state = State.DEPLOYING;
      reason = "Revision " + document.revision() + " is about to be deployed.";
    } else if (paused && state != State.PAUSED) {
      reason = "It is about to be paused.";
    }
    map.put("state", state.label());
    map.put("code", status == null ? "" : status.code());
    map.put("reason", reason);
    map.put("since", status == null ? document.updatedAt() : status.since());
    map.put("revision", document.revision());
    map.put("deployed_revision", status == null ? 0 : status.revision());
    map.put("plan_hash", status == null ? "" : status.planHash());
    map.put("failures", status == null ? 0 : status.failures());
    if (status != null) {
      status.retryAt().ifPresent(time -> map.put("retry_at", time));
    }
    map.put("jobs", jobs(document.name(), jobs));
    return map;
  }

  /** What the reconciler said was about an older revision. */
  private static boolean isStale(StoredDocument document, @Nullable Status status) {
    return status != null
        && (status.state() == State.PAUSED
            || (status.revision() != document.revision()
                && (status.state() == State.RUNNING || status.state() == State.CATCHING_UP)));
  }

  private static List<Map<String, Object>> jobs(String pipeline, List<Job> jobs) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Job job : jobs) {
      boolean stopped = job.state().equals("CANCELED") || job.state().equals("FINISHED");
      if (job.pipeline().equals(pipeline) && !stopped) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", job.jobId());
        map.put("state", job.state());
        job.startedAt().ifPresent(time -> map.put("started_at", time));
        list.add(map);
      }
    }
    return list;
  }

  @Override
  public void close() {
    proofs.shutdownNow();
  }
}
