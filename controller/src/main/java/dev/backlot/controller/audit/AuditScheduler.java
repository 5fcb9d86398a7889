package dev.backlot.controller.audit;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Audits every table again and again, a few at a time. What is to be done next, and by whom, is in
 * the metadata database, apart from maintenance: several controllers share the work, and what one
 * was doing when it died another does.
 */
public final class AuditScheduler implements AutoCloseable {
  private static final String TABLE = "scheduled_audits";
  private static final int AT_ONCE = 3;
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final int HEARTBEATS_MISSED = 4;
  private static final Duration FIND_TABLES = Duration.ofSeconds(20);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Duration WAITING = Duration.ofSeconds(3);

  private final TableAudits audits;
  private final CustomTask<Void> lookAfter;
  private final CustomTask<Void> asked;
  private final Scheduler scheduler;

  /** Prepares; nothing runs before {@link #start}. */
  public AuditScheduler(MetadataDatabase metadata, TableAudits audits) {
    this.audits = audits;
    this.lookAfter =
        Tasks.custom("audit-table", Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(AFTER_FAILURE))
            .onDeadExecutionRevive()
            .execute(
                (table, context) -> {
                  Optional<Duration> pause = audits.lookAfter(table.getId());
                  return (complete, next) -> {
                    if (pause.isEmpty()) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(pause.get()));
                    }
                  };
                });
    this.asked =
        Tasks.custom("audit-asked", Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(WAITING))
            .onDeadExecutionRevive()
            .execute(
                (round, context) -> {
                  boolean done = audits.runAsked(Long.parseLong(round.getId()));
                  return (complete, next) -> {
                    if (done) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(WAITING));
                    }
                  };
                });
    RecurringTask<Void> find =
        Tasks.recurring("find-audited-tables", FixedDelay.of(FIND_TABLES))
            .execute((instance, context) -> findTables());
    this.scheduler =
        Scheduler.create(metadata.dataSource(), lookAfter, asked)
            .tableName(TABLE)
            .startTasks(find)
            .threads(AT_ONCE)
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(HEARTBEATS_MISSED)
            .shutdownMaxWait(Duration.ofSeconds(2))
            .build();
  }

  private void findTables() {
    for (TableName table : audits.tables()) {
      scheduler.scheduleIfNotExists(lookAfter.instance(table.toString()), Instant.now());
    }
  }

  /** Begins to audit tables. */
  public void start() {
    scheduler.start();
  }

  /** Has a noted round done as soon as one of the controllers can. */
  void runSoon(long id) {
    scheduler.schedule(asked.instance(Long.toString(id)), Instant.now());
    scheduler.triggerCheckForDueExecutions();
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
