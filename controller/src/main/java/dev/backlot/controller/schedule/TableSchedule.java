package dev.backlot.controller.schedule;

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
import java.util.List;
import java.util.Optional;

/**
 * Has something done with every table again and again, a few tables at a time, and with single ones
 * when somebody asks. What is to be done next, and by whom, is in the metadata database: several
 * controllers share the work, and what one was doing when it died another does.
 */
public final class TableSchedule implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final int HEARTBEATS_MISSED = 4;
  private static final Duration BUSY = Duration.ofSeconds(3);

  private final Work work;
  private final CustomTask<Void> lookAfter;
  private final CustomTask<Void> asked;
  private final Scheduler scheduler;

  /** What is done. Called from several threads. */
  public interface Work {
    /** Returns the tables that there are. */
    List<TableName> tables();

    /** Looks after a table; returns the pause before the next time, or empty when it is gone. */
    Optional<Duration> lookAfter(String table);

    /** Does what somebody asked for; returns false when that has to wait a moment. */
    boolean runAsked(long id);
  }

  /**
   * How it is done.
   *
   * @param database the table of the metadata database that remembers the work
   * @param always name of the task that looks after tables
   * @param onDemand name of the task that does what was asked for
   * @param find name of the task that finds tables
   * @param atOnce how many tables are worked on at a time
   * @param poll how often due work is looked for
   * @param findEvery how often tables are looked for
   * @param afterFailure the pause after work that failed
   */
  public record Settings(
      String database,
      String always,
      String onDemand,
      String find,
      int atOnce,
      Duration poll,
      Duration findEvery,
      Duration afterFailure) {}

  /** Prepares; nothing runs before {@link #start}. */
  public TableSchedule(MetadataDatabase metadata, Settings settings, Work work) {
    this.work = work;
    this.lookAfter =
        Tasks.custom(settings.always(), Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(settings.afterFailure()))
            .onDeadExecutionRevive()
            .execute(
                (table, context) -> {
                  Optional<Duration> pause = work.lookAfter(table.getId());
                  return (complete, next) -> {
                    if (pause.isEmpty()) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(pause.get()));
                    }
                  };
                });
    this.asked =
        Tasks.custom(settings.onDemand(), Void.class)
            .onFailure(new FailureHandler.OnFailureRetryLater<>(BUSY))
            .onDeadExecutionRevive()
            .execute(
                (run, context) -> {
                  boolean done = work.runAsked(Long.parseLong(run.getId()));
                  return (complete, next) -> {
                    if (done) {
                      next.remove();
                    } else {
                      next.reschedule(complete, Instant.now().plus(BUSY));
                    }
                  };
                });
    RecurringTask<Void> find =
        Tasks.recurring(settings.find(), FixedDelay.of(settings.findEvery()))
            .execute((instance, context) -> findTables());
    this.scheduler =
        Scheduler.create(metadata.dataSource(), lookAfter, asked)
            .tableName(settings.database())
            .startTasks(find)
            .threads(settings.atOnce())
            .pollingInterval(settings.poll())
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(HEARTBEATS_MISSED)
            .shutdownMaxWait(Duration.ofSeconds(2))
            .build();
  }

  private void findTables() {
    for (TableName table : work.tables()) {
      scheduler.scheduleIfNotExists(lookAfter.instance(table.toString()), Instant.now());
    }
  }

  /** Begins to look after tables. */
  public void start() {
    scheduler.start();
  }

  /** Has what was asked for done as soon as one of the controllers can. */
  public void runSoon(long id) {
    scheduler.schedule(asked.instance(Long.toString(id)), Instant.now());
    scheduler.triggerCheckForDueExecutions();
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
