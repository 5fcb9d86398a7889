package dev.backlot.benchmarks.soak;

import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.MaintenanceReport;
import dev.backlot.warehouse.maintenance.MaintenanceState;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.maintenance.Work;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does what is due for one table every few seconds, in a thread of its own. */
final class MaintenanceLoop implements AutoCloseable {
  private static final long PAUSE_SECONDS = 10;

  private final TableMaintenance maintenance;
  private final TableName table;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private final Map<Work, Integer> runs = new EnumMap<>(Work.class);
  private long dropped;
  private long rewritten;
  private long deleted;
  private int conflicts;
  private int failures;
  private long millis;

  MaintenanceLoop(TableMaintenance maintenance, TableName table) {
    this.maintenance = maintenance;
    this.table = table;
    this.thread = new Thread(this::loop, "maintenance");
    thread.start();
  }

  private void loop() {
    MaintenanceState state = MaintenanceState.NEW;
    try {
      while (!stop.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
        try {
          Set<Work> due = maintenance.due(table, state);
          MaintenanceReport report = maintenance.run(table, due, state);
          state = report.state();
          due.forEach(work -> runs.merge(work, 1, Integer::sum));
          dropped += report.rowsDropped();
          rewritten += report.filesRewritten();
          deleted += report.filesDeleted();
          conflicts += report.conflict().isEmpty() ? 0 : 1;
          millis += report.duration().toMillis();
        } catch (RuntimeException e) {
          failures++;
          e.printStackTrace();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String summary() {
    return String.format(
        Locale.ROOT,
        "maintenance: %s, %.0f s in all; %d files rewritten, %d rows dropped, %d files deleted,"
            + " %d conflicts, %d failures",
        runs,
        millis / 1e3,
        rewritten,
        dropped,
        deleted,
        conflicts,
        failures);
  }

  /** Waits for the run that goes on, and makes no more of them. */
  void stop() throws InterruptedException {
    stop.countDown();
    thread.join();
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
