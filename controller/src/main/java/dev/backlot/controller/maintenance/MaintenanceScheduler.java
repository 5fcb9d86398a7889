package dev.backlot.controller.maintenance;

import dev.backlot.controller.maintenance.MaintenanceRuns.Outcome;
import dev.backlot.controller.schedule.TableSchedule;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Maintains every table again and again, two at a time. */
public final class MaintenanceScheduler implements AutoCloseable {
  private static final Duration AFTER_WORK = Duration.ofSeconds(30);
  private static final Duration AFTER_REST = Duration.ofMinutes(1);
  private static final TableSchedule.Settings SETTINGS =
      new TableSchedule.Settings(
          "scheduled_tasks",
          "maintain-table",
          "maintenance-run",
          "find-tables",
          2,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(5));

  private final TableSchedule schedule;

  /** Prepares; nothing runs before {@link #start}. */
  public MaintenanceScheduler(MetadataDatabase metadata, MaintenanceRuns runs) {
    this.schedule =
        new TableSchedule(
            metadata,
            SETTINGS,
            new TableSchedule.Work() {
              @Override
              public List<TableName> tables() {
                return runs.tables();
              }

              @Override
              public Optional<Duration> lookAfter(String table) {
                return pause(runs.lookAfter(table));
              }

              @Override
              public boolean runAsked(long id) {
                return runs.runAsked(id);
              }
            });
  }

  private static Optional<Duration> pause(Outcome outcome) {
    return switch (outcome) {
      case GONE -> Optional.empty();
      case WORKED, BUSY -> Optional.of(AFTER_WORK);
      case RESTED -> Optional.of(AFTER_REST);
    };
  }

  /** Begins to look after tables. */
  public void start() {
    schedule.start();
  }

  /** Has a noted run done as soon as one of the controllers can. */
  void runSoon(long id) {
    schedule.runSoon(id);
  }

  @Override
  public void close() {
    schedule.close();
  }
}
