package dev.backlot.engine.backfill;

import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Progress;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.sink.iceberg.TableMarks;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.child.ChildJvm;
import dev.backlot.warehouse.maintenance.ColumnFill;
import dev.backlot.warehouse.maintenance.ColumnFill.Left;
import dev.backlot.warehouse.maintenance.ColumnFill.Step;
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

/**
 * One attempt at a run: reads what the Sources' topics hold of the columns up to the table's marks
 * as of the beginning, and puts it where the rows of that time lack it, a few files at a time. The
 * job, its marks and every other table are left alone. For one thread.
 */
final class Backfill {
  private static final int MOST_CONFLICTS = 50;
  private static final Duration BUSY = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(5);
  private static final Duration TELL = Duration.ofSeconds(1);

  private final Tools tools;
  private final BackfillStore store;
  private final Run run;
  private final TableName table;
  private long recordsRead;
  private long rowsTotal;
  private long rowsLookedAt;
  private long rowsFilled;
  private long toldAt;
  private long lastRead = System.nanoTime();
  private boolean goesOn = true;

  /**
   * What attempts need.
   *
   * @param kafka client properties
   * @param plans the plan that a pipeline runs
   * @param moments told where an attempt is
   */
  record Tools(
      MetadataDatabase metadata,
      Map<String, String> kafka,
      Function<String, PipelinePlan> plans,
      ColumnFill.Workshop workshop,
      Consumer<Moment> moments) {}

  Backfill(Tools tools, Run run) {
    this.tools = tools;
    this.store = tools.metadata().backfills();
    this.run = run;
    this.table = TableName.parse(run.table());
    this.rowsFilled = run.progress().rowsFilled();
  }

  /**
   * Does it.
   *
   * @return whether it is done; else somebody wants it to end
   * @throws IOException or another exception when this attempt failed
   * @throws InterruptedException when the process ends
   */
  boolean attempt() throws IOException, InterruptedException {
    store.start(run.id());
    tools.moments().accept(Moment.BEGUN);
    Columns columns = columns();
    ColumnFill fill = tools.workshop().begin(table, run.columns());
    Left left = fill.left();
    rowsTotal = left.rows();
    tell(Duration.ZERO);
    Path scratch = tools.workshop().newScratch();
    try {
      List<Path> values = left.isNothing() ? List.of() : values(columns, fill, left, scratch);
      tools.moments().accept(Moment.VALUES_READ);
      fill(fill, columns, values);
    } finally {
      ChildJvm.delete(scratch);
    }
    tools.moments().accept(Moment.ALL_DONE);
    return goesOn;
  }

  private Columns columns() {
    return Columns.of(tools.plans().apply(run.pipeline()), run.table(), run.columns());
  }

  private List<Path> values(Columns columns, ColumnFill fill, Left left, Path scratch)
      throws IOException {
    Marks marks = TableMarks.read(fill.table()).orElse(Marks.NONE);
    SourceValues values = new SourceValues(tools.kafka(), scratch, this::paced);
    List<Path> files = new ArrayList<>();
    for (Map.Entry<PlanSource, Map<String, String>> entry : columns.sources().entrySet()) {
      PlanSource source = entry.getKey();
      files.addAll(
          values.write(
              source,
              entry.getValue(),
              columns.targets(),
              fill.table().schema(),
              marks,
              left.lowestOffset().orElse(0)));
    }
    return files;
  }

  /** Reads half of the time only, so that jobs on the same machine have the other half. */
  private boolean paced(long records) {
    recordsRead += records;
    tell(TELL);
    if (Thread.currentThread().isInterrupted()) {
      goesOn = false;
    }
    if (goesOn && records > 0) {
      long now = System.nanoTime();
      rest(Duration.ofNanos(Math.min(now - lastRead, Duration.ofMillis(200).toNanos())));
    }
    lastRead = System.nanoTime();
    return goesOn;
  }

  private void fill(ColumnFill fill, Columns columns, List<Path> values)
      throws IOException, InterruptedException {
    int conflicts = 0;
    while (goesOn) {
      tools.moments().accept(Moment.STEP_NEXT);
      if (!columns().isLike(columns)) {
        throw new IOException("the pipeline fills the columns from elsewhere since a moment ago");
      }
      long begin = System.nanoTime();
      Optional<Optional<Step>> step =
          tools.metadata().maintenance().locked(run.table(), () -> step(fill, values));
      if (step.isEmpty()) {
        pause(BUSY);
        tell(TELL);
        continue;
      }
      if (step.get().isEmpty()) {
        return;
      }
      Step done = step.get().get();
      if (!done.conflict().isEmpty()) {
        if (++conflicts == MOST_CONFLICTS) {
          throw new IOException("others rewrite the same files: " + done.conflict());
        }
        continue;
      }
      conflicts = 0;
      tools.moments().accept(Moment.STEP_DONE);
      rowsLookedAt += done.rows();
      rowsFilled += done.filled();
      rowsTotal = Math.max(rowsTotal, rowsLookedAt);
      tell(Duration.ZERO);
      if (fill.left().isNothing()) {
        return;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      pause(took.compareTo(LONGEST_REST) < 0 ? took : LONGEST_REST);
    }
  }

  /** Does what is next; empty when nothing is. */
  private static Optional<Step> step(ColumnFill fill, List<Path> values) {
    try {
      Left left = fill.left();
      return left.isNothing() ? Optional.empty() : Optional.of(fill.step(left, values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tell(Duration atMostEvery) {
    long now = System.nanoTime();
    if (now - toldAt >= atMostEvery.toNanos()) {
      toldAt = now;
      goesOn &=
          store.progress(run.id(), new Progress(recordsRead, rowsTotal, rowsLookedAt, rowsFilled));
    }
  }

  private static void pause(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis());
  }

  private static void rest(Duration time) {
    try {
      pause(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
