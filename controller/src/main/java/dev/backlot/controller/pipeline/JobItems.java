package dev.backlot.controller.pipeline;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Flink jobs, by the pipeline that they belong to. */
public final class JobItems implements Items {
  private final DataPlane dataPlane;

  /** Shows the data plane's jobs. */
  public JobItems(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
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
    return dataPlane.jobs().stream().map(JobItems::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return dataPlane.jobs().stream()
        .filter(job -> job.pipeline().equals(name) || job.jobId().equals(name))
        .map(JobItems::item)
        .findFirst();
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
    spec.put("pipeline", job.pipeline());
    spec.put("plan_hash", job.planHash());
    return new Item("Job", job.pipeline(), spec, status);
  }
}
