package dev.backlot.controller.audit;

import dev.backlot.controller.schedule.TableSchedule;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Audits every table again and again, apart from maintenance: rounds hold up nothing else. */
public final class AuditScheduler implements AutoCloseable {
  private static final TableSchedule.Settings SETTINGS =
      new TableSchedule.Settings(
          "scheduled_audits",
          "audit-table",
          "audit-asked",
          "find-audited-tables",
          3,
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          Duration.ofMinutes(1));

  private final TableSchedule schedule;

  /** Prepares; nothing runs before {@link #start}. */
  public AuditScheduler(MetadataDatabase metadata, TableAudits audits) {
    this.schedule =
        new TableSchedule(
            metadata,
            SETTINGS,
            new TableSchedule.Work() {
              @Override
              public List<TableName> tables() {
                return audits.tables();
              }

              @Override
              public Optional<Duration> lookAfter(String table) {
                return audits.lookAfter(table);
              }

              @Override
              public boolean runAsked(long id) {
                return audits.runAsked(id);
              }
            });
  }

  /** Begins to audit tables. */
  public void start() {
    schedule.start();
  }

  /** Has a noted round done as soon as one of the controllers can. */
  void runSoon(long id) {
    schedule.runSoon(id);
  }

  @Override
  public void close() {
    schedule.close();
  }
}
