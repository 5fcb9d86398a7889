package dev.backlot.engine.backfill;

import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.metadata.BackfillStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.ColumnOrigin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.ColumnFill;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the backfills that somebody asked for, one at a time, and notes what can be asked for. Runs
 * are in the metadata database: what a process was doing when it ended, the next one begins again,
 * which does no harm and finds less to do. Thread-safe.
 */
public final class BackfillService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackfillService.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(3);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(3);
  private static final int MOST_FAILURES = 8;

  private final BackfillStore store;
  private final LakeCatalog lake;
  private final Function<String, PipelinePlan> plans;
  private final Backfill.Tools tools;
  private final Thread thread = new Thread(this::run, "backfills");

  /**
   * Prepares; everything stays the caller's to close.
   *
   * @param kafka client properties
   * @param plans returns the plan that a pipeline runs, or throws NOT_FOUND
   * @param scratch directory for temporary files; its content is deleted
   * @param classpath of rewriting processes, or empty to take it from this one's
   */
  public BackfillService(
      MetadataDatabase metadata,
      LakeCatalog lake,
      Map<String, String> kafka,
      Function<String, PipelinePlan> plans,
      Path scratch,
      String classpath) {
    this(metadata, lake, kafka, plans, scratch, classpath, moment -> {});
  }

  BackfillService(
      MetadataDatabase metadata,
      LakeCatalog lake,
      Map<String, String> kafka,
      Function<String, PipelinePlan> plans,
      Path scratch,
      String classpath,
      Consumer<Moment> moments) {
    this.store = metadata.backfills();
    this.lake = lake;
    this.plans = plans;
    this.tools =
        new Backfill.Tools(
            metadata,
            Map.copyOf(kafka),
            plans,
            new ColumnFill.Workshop(lake, MaintenanceSettings.DEFAULT, scratch, classpath),
            moments);
    thread.setDaemon(true);
  }

  /** Begins to do what is asked for. */
  public void start() {
    thread.start();
  }

  /**
   * Notes which columns of its tables a plan will fill, and rows that are there lack. To be called
   * before the plan is deployed, with the one before still known.
   */
  public void deploying(PipelinePlan plan) {
    Optional<PipelinePlan> before = before(plan.pipeline());
    for (PlanSink sink : plan.sinks()) {
      long rows = lake.find(TableName.parse(sink.table())).map(BackfillService::rows).orElse(0L);
      List<String> copied =
          sink.shape().stream()
              .map(PlanSink.Target::name)
              .filter(name -> SystemColumn.ofColumn(name).isEmpty())
              .filter(name -> ColumnOrigin.of(plan, sink, name) instanceof ColumnOrigin.Copied)
              .toList();
      store.keepOffers(sink.table(), rows == 0 ? List.of() : copied);
      if (rows > 0) {
        List<String> added = new ArrayList<>(copied);
        added.removeAll(filledBefore(sink, before));
        // A column that is only called otherwise has what it had.
        added.removeAll(sink.renames().values());
        store.offer(plan.pipeline(), sink.table(), added, rows);
      }
    }
  }

  private Optional<PipelinePlan> before(String pipeline) {
    try {
      return Optional.of(plans.apply(pipeline));
    } catch (ProblemException e) {
      if (e.problems().get(0).code() == ProblemCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** What nobody knows of is taken as filled: the table's columns, when there is no plan of it. */
  private List<String> filledBefore(PlanSink sink, Optional<PipelinePlan> before) {
    return before.stream()
        .flatMap(plan -> plan.sinks().stream())
        .filter(earlier -> earlier.table().equals(sink.table()))
        .findFirst()
        .map(
            earlier ->
                earlier.shape().stream()
                    .filter(target -> !target.from().isEmpty())
                    .map(PlanSink.Target::name)
                    .toList())
        .orElseGet(
            () ->
                lake.shape(TableName.parse(sink.table())).stream()
                    .flatMap(shape -> shape.ownColumns().stream())
                    .map(column -> column.name())
                    .toList());
  }

  private static long rows(Table table) {
    Snapshot snapshot = table.currentSnapshot();
    return snapshot == null
        ? 0
        : Long.parseLong(snapshot.summary().getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        for (Run run : store.due()) {
          store.locked(
              run.id(),
              () -> {
                // Another process may have ended it since.
                store.find(run.id()).filter(now -> !now.state().isLast()).ifPresent(this::attempt);
                return true;
              });
        }
        Thread.sleep(PERIOD.toMillis());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("Cannot look for backfills", e);
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PERIOD.toMillis());
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void attempt(Run run) {
    if (run.cancel()) {
      store.finish(run, State.CANCELLED, "");
      return;
    }
    try {
      boolean done = new Backfill(tools, run).attempt();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      store.finish(run, done ? State.DONE : State.CANCELLED, "");
      LOG.info("Backfill {} of table {} {}", run.id(), run.table(), done ? "is done" : "ended");
    } catch (InterruptedException e) {
      // The next process begins again.
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      LOG.warn("Backfill {} of table {} failed", run.id(), run.table(), e);
      failed(run, e);
    }
  }

  private void failed(Run run, Exception cause) {
    int failures = store.find(run.id()).orElse(run).failures() + 1;
    boolean forGood =
        failures >= MOST_FAILURES
            || (cause instanceof ProblemException problem
                && problem.problems().get(0).code() == ProblemCode.NOT_ALLOWED_NOW);
    String reason =
        cause instanceof ProblemException
            ? String.valueOf(cause.getMessage())
            : "Cannot backfill table '%s': %s. %s"
                .formatted(
                    run.table(),
                    cause instanceof UncheckedIOException ? cause.getCause() : cause,
                    forGood
                        ? "See the data plane's log, then ask for it again."
                        : "It is tried again by itself.");
    if (forGood) {
      store.finish(run, State.FAILED, reason);
    } else {
      Duration rest = FIRST_RETRY.multipliedBy(1L << (failures - 1));
      store.setFailure(
          run.id(), failures, reason, rest.compareTo(LONGEST_RETRY) < 0 ? rest : LONGEST_RETRY);
    }
  }

  /** Ends; what is being done goes on in the next process. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
