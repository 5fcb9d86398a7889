package dev.backlot.controller.maintenance;

import dev.backlot.metadata.MaintenanceStore.Run;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Maintenance of tables on demand. */
@RestController
public final class MaintenanceResource {
  private final MaintenanceRuns runs;
  private final MaintenanceScheduler scheduler;

  /** Has runs done by the scheduler. */
  public MaintenanceResource(MaintenanceRuns runs, MaintenanceScheduler scheduler) {
    this.runs = runs;
    this.scheduler = scheduler;
  }

  /**
   * What is wanted.
   *
   * @param work words for it; all kinds when missing or empty
   */
  record Request(@Nullable List<String> work) {}

  @PostMapping("/api/v1/tables/{name}/maintenance")
  Map<String, Object> run(@PathVariable String name, @RequestBody Request request) {
    List<String> work = request.work() == null ? List.of() : request.work();
    long id = runs.request(name, work);
    scheduler.runSoon(id);
    return MaintenanceRuns.map(find(id));
  }

  @GetMapping("/api/v1/tables/{name}/maintenance")
  Map<String, Object> describe(@PathVariable String name) {
    return runs.describe(name);
  }

  @GetMapping("/api/v1/maintenance/{id}")
  Map<String, Object> show(@PathVariable long id) {
    return MaintenanceRuns.map(find(id));
  }

  private Run find(long id) {
    return runs.find(id)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot find maintenance run '"
                        + id
                        + "': there is none of this number. See `backlot describe table`."));
  }
}
