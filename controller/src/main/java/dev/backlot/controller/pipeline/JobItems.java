package dev.backlot.controller.pipeline;

import dev.backlot.controller.backfill.Backfills;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import dev.backlot.controller.maintenance.MaintenanceRuns;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.MaintenanceStore.Run;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Flink jobs, by the pipeline that they belong to, and runs of table maintenance and backfills, by
 * their table: the last of each, and those that are wanted or run.
 */
public final class JobItems implements Items {
  private final DataPlane dataPlane;
  private final MaintenanceRuns maintenance;
  private final Backfills backfills;

  /** Shows the data plane's jobs and these runs. */
  public JobItems(DataPlane dataPlane, MaintenanceRuns maintenance, Backfills backfills) {
    this.dataPlane = dataPlane;
    this.maintenance = maintenance;
    this.backfills = backfills;
  }

  @Override
  public String path() {
    return "jobs";
  }

  @Override
  public String noun() {
    return "job";
  }

  @Override
  public List<Item> list(Effort effort) {
    return Stream.of(
            dataPlane.jobs().stream().map(JobItems::item),
            maintenance.current().stream().map(JobItems::item),
            backfills.current().stream().map(JobItems::item))
        .flatMap(items -> items)
        .toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return dataPlane.jobs().stream()
        .filter(job -> job.pipeline().equals(name) || job.jobId().equals(name))
        .map(JobItems::item)
        .findFirst()
        .or(
            () ->
                maintenance.current().stream()
                    .filter(run -> run.table().equals(name) || id(run).equals(name))
                    .map(JobItems::item)
                    .reduce((older, newer) -> newer))
        .or(
            () ->
                backfills.current().stream()
                    .filter(run -> run.table().equals(name) || id(run).equals(name))
                    .map(JobItems::item)
                    .reduce((older, newer) -> newer));
  }

  private static String id(BackfillStore.Run run) {
    return "backfill-" + run.id();
  }

  private static Item item(BackfillStore.Run run) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", run.state().label());
    status.put("code", "");
    status.put("reason", run.reason());
    status.put("id", id(run));
    run.startedAt().ifPresent(time -> status.put("started_at", time));
    run.finishedAt().ifPresent(time -> status.put("finished_at", time));
    status.put("since", run.startedAt().orElse(run.requestedAt()));
    status.put("report", Backfills.progress(run));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("type", "backfill");
    spec.put("pipeline", run.pipeline());
    spec.put("table", run.table());
    spec.put("columns", run.columns());
    return new Item("Job", run.table(), spec, status);
  }

  private static String id(Run run) {
    return "maintenance-" + run.id();
  }

  private static Item item(Run run) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", run.state().label());
    status.put("code", "");
    status.put("reason", run.reason());
    status.put("id", id(run));
    run.startedAt().ifPresent(time -> status.put("started_at", time));
    run.finishedAt().ifPresent(time -> status.put("finished_at", time));
    status.put("since", run.startedAt().orElse(run.requestedAt()));
    status.put("report", run.report());
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("type", "maintenance");
    spec.put("table", run.table());
    spec.put("work", run.work());
    return new Item("Job", run.table(), spec, status);
  }

  private static Item item(Job job) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", job.state().toLowerCase(java.util.Locale.ROOT));
    status.put("code", job.code());
    status.put("reason", job.reason());
    status.put("id", job.jobId());
    job.startedAt().ifPresent(time -> status.put("started_at", time));
    job.startedAt().ifPresent(time -> status.put("since", time));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("type", "flink");
    spec.put("pipeline", job.pipeline());
    spec.put("plan_hash", job.planHash());
    return new Item("Job", job.pipeline(), spec, status);
  }
}
