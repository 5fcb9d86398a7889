package dev.backlot.controller.maintenance;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.backlot.controller.maintenance.MaintenanceRuns.Outcome;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.time.Instant;

/**
 * Looks after every table again and again, two at a time. What is to be done next, and by whom, is
 * in the metadata database: several controllers share the work, and what one was doing when it died
 * another does.
 */
public final class MaintenanceScheduler implements AutoCloseable {
  private static final int AT_ONCE = 2;
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final int HEARTBEATS_MISSED = 4;
  private static final Duration FIND_TABLES = Duration.ofSeconds(30);
  private static final Duration AFTER_WORK = Duration.ofSeconds(30);
  private static final Duration AFTER_REST = Duration.ofMinutes(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(5);
  private static final Duration BUSY = Duration.ofSeconds(3);

  private final MaintenanceRuns runs;
  private final CustomTask<Void> lookAfter;
  private final CustomTask<Void> asked;
  private final Scheduler scheduler;

  /** Prepares; nothing runs before {@link #start}. */
  public MaintenanceScheduler(MetadataDatabase metadata, MaintenanceRuns runs) {
    this.runs = runs;
    this.lookAfter =
        Tasks.custom("maintain-table", Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(AFTER_FAILURE))
            .onDeadExecutionRevive()
            .execute(
                (table, context) -> {
                  Outcome outcome = runs.lookAfter(table.getId());
                  return (complete, next) -> {
                    if (outcome == Outcome.GONE) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(pause(outcome)));
                    }
                  };
                });
    this.asked =
        Tasks.custom("maintenance-run", Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(BUSY))
            .onDeadExecutionRevive()
            .execute(
                (run, context) -> {
                  boolean done = runs.runAsked(Long.parseLong(run.getId()));
                  return (complete, next) -> {
                    if (done) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(BUSY));
                    }
                  };
                });
    RecurringTask<Void> find =
        Tasks.recurring("find-tables", FixedDelay.of(FIND_TABLES))
            .execute((instance, context) -> findTables());
    this.scheduler =
        Scheduler.create(metadata.dataSource(), lookAfter, asked)
            .startTasks(find)
            .threads(AT_ONCE)
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(HEARTBEATS_MISSED)
            .shutdownMaxWait(Duration.ofSeconds(2))
            .build();
  }

  private static Duration pause(Outcome outcome) {
    return outcome == Outcome.WORKED || outcome == Outcome.BUSY ? AFTER_WORK : AFTER_REST;
  }

  private void findTables() {
    for (TableName table : runs.tables()) {
      scheduler.scheduleIfNotExists(lookAfter.instance(table.toString()), Instant.now());
    }
  }

  /** Begins to look after tables. */
  public void start() {
    scheduler.start();
  }

  /** Has a noted run done as soon as one of the controllers can. */
  void runSoon(long id) {
    scheduler.schedule(asked.instance(Long.toString(id)), Instant.now());
    scheduler.triggerCheckForDueExecutions();
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
