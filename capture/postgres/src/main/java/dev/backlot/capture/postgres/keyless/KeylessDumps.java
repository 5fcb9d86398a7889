package dev.backlot.capture.postgres.keyless;

import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogReader;
import dev.backlot.capture.postgres.type.SqlServerText;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Op;
import dev.backlot.event.Position;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.RowSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the dumps of a connection's tables without a key, one after the other, while the log goes
 * on. No row of such a table can be compared with what the log told of it, so the whole table is
 * read in one snapshot, and the log is cut where that snapshot lies:
 *
 * <ol>
 *   <li>What the log tells of the table is kept in memory from here on.
 *   <li>A snapshot is taken that sees all that the log told before.
 *   <li>A mark is written into the log. Where the log passes it, a truncation ends all that stands
 *       in the topic, and behind it those kept changes are written that the snapshot does not see.
 *       What the log tells later, the snapshot does not see either.
 *   <li>The snapshot's rows are written in batches, each where the log passes its own mark.
 * </ol>
 *
 * <p>Rows are counted, so a row's delete may stand before the row. A dump that was ended before it
 * was done begins anew. {@link #run} is for a thread of its own; {@link #passed} for the thread
 * that reads the log.
 */
public final class KeylessDumps {
  private static final Logger LOG = LoggerFactory.getLogger(KeylessDumps.class);
  private static final String CUT = "cut:";
  private static final String BATCH = "batch:";
  private static final int BATCHES_IN_FLIGHT = 2;
  private static final int MOST_ATTEMPTS = 10;
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final CaptureSession session;
  private final SourceConnections connections;
  private final Function<String, @Nullable CapturedTable> tables;
  private final BiFunction<String, RowSchema, SourceDescriptor> register;
  private final LogReader log;
  private final OrderedWriter writer;
  private final EmittedTransactions emitted;
  private final int batchRows;
  private final Map<String, Passing> waiting = new ConcurrentHashMap<>();
  private final AtomicLong marks = new AtomicLong();

  /** What is done where the log passes a mark. */
  private interface Passing {
    void at(Position place, long commitMicros);
  }

  /** A dump under way. */
  private static final class Progress {
    final Dump dump;
    final CapturedTable table;
    final KeylessFeed feed;
    final Semaphore inFlight = new Semaphore(BATCHES_IN_FLIGHT);
    final CountDownLatch acknowledged = new CountDownLatch(1);
    final AtomicLong rows = new AtomicLong();
    long truncationsBefore;
    volatile boolean truncated;
    volatile boolean cancelled;

    Progress(Dump dump, CapturedTable table, KeylessFeed feed) {
      this.dump = dump;
      this.table = table;
      this.feed = feed;
    }
  }

  /**
   * Prepares.
   *
   * @param tables captured tables by the Source's name
   * @param register gives a Source's row schema ids
   * @param batchRows about how many rows are read at once
   */
  public KeylessDumps(
      CaptureSession session,
      SourceConnections connections,
      Function<String, @Nullable CapturedTable> tables,
      BiFunction<String, RowSchema, SourceDescriptor> register,
      LogReader log,
      OrderedWriter writer,
      EmittedTransactions emitted,
      int batchRows) {
    this.session = session;
    this.connections = connections;
    this.tables = tables;
    this.register = register;
    this.log = log;
    this.writer = writer;
    this.emitted = emitted;
    this.batchRows = batchRows;
  }

  /** Does dumps as they are asked for, until the session ends. */
  public void run() throws SQLException, InterruptedException {
    while (!session.stopRequested()) {
      boolean worked = false;
      for (Dump dump : dumps().open(session.connection())) {
        CapturedTable table = tables.apply(dump.source());
        if (table == null
            || table.epoch() != dump.epoch()
            || !table.stoppedReason().isEmpty()
            || session.stopRequested()) {
          continue;
        }
        KeylessFeed feed = table.keyless().orElse(null);
        if (feed != null) {
          worked |= begin(new Progress(dump, table, feed));
        }
      }
      if (!worked) {
        session.awaitSignal(LOOK);
      }
    }
  }

  /** Hears of a message in the log; writes what waits for it, if anything does. */
  public void passed(String content, int timeline, long at, long commitMicros) {
    Passing passing = waiting.remove(content);
    if (passing != null) {
      passing.at(new Position(timeline, at, 0), commitMicros);
    }
  }

  private boolean begin(Progress progress) throws SQLException, InterruptedException {
    Dump dump = progress.dump;
    if (dump.keys().isPresent() || !dump.predicate().isEmpty()) {
      finish(
          progress,
          DumpStore.State.FAILED,
          "Cannot dump a part of source '"
              + dump.source()
              + "': its table has no key. Dump it wholly.");
      return true;
    }
    LOG.info("Dump {} of {} begins", dump.id(), dump.source());
    dumps().setRunning(dump.id());
    session.metrics().setDumping(true);
    try (Connection marking = connections.open();
        SqlServerText server = new SqlServerText(connections::open)) {
      carryOut(progress, new Catalog(marking), server);
    } finally {
      session.metrics().setDumping(false);
    }
    return true;
  }

  private void carryOut(Progress progress, Catalog catalog, SqlServerText server)
      throws SQLException, InterruptedException {
    String reason = "";
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      String database = session.intent().spec().config().database();
      try (TableSnapshot snapshot =
          new TableSnapshot(progress.table, connections, server, register, database, batchRows)) {
        awaitEarlierTransactions(progress, catalog);
        if (cut(progress, catalog, snapshot)) {
          rows(progress, catalog, snapshot);
          await(progress.acknowledged, () -> isOver(progress));
        }
        return;
      } catch (TableSnapshot.ChangedException e) {
        reason = String.valueOf(e.getMessage());
        LOG.info("Dump {} begins again: {}", progress.dump.id(), reason);
      } finally {
        log.execute(progress.feed::stopRecording);
      }
    }
    finish(
        progress,
        DumpStore.State.FAILED,
        "Cannot dump source '"
            + progress.dump.source()
            + "': "
            + reason
            + ", again and again while it was read. Dump it when the table is at rest.");
  }

  /** Changes made before the table was published are not in the log, but committed later. */
  private void awaitEarlierTransactions(Progress progress, Catalog catalog)
      throws SQLException, InterruptedException {
    if (progress.dump.initial()) {
      Snapshot running = catalog.snapshot();
      awaitSeen(progress, () -> running.inProgress().stream().allMatch(catalog.snapshot()::sees));
    }
  }

  private interface Question {
    boolean answer() throws SQLException;
  }

  private void awaitSeen(Progress progress, Question seen)
      throws SQLException, InterruptedException {
    Dump dump = progress.dump;
    SourceStore.State state =
        dump.initial() ? SourceStore.State.DUMPING : SourceStore.State.STREAMING;
    long started = System.nanoTime();
    boolean told = false;
    while (!isOver(progress) && !seen.answer()) {
      if (!told && System.nanoTime() - started > Duration.ofSeconds(1).toNanos()) {
        told = true;
        String reason = "The dump waits for transactions that run in the database to end.";
        sources().setState(dump.source(), state, reason);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    if (told) {
      sources().setState(dump.source(), state, "");
    }
  }

  /** Cuts the log at a snapshot. Returns whether that was done, or the dump is to end. */
  private boolean cut(Progress progress, Catalog catalog, TableSnapshot snapshot)
      throws SQLException, InterruptedException, TableSnapshot.ChangedException {
    while (!isOver(progress)) {
      CountDownLatch recording = new CountDownLatch(1);
      log.execute(
          () -> {
            progress.feed.startRecording();
            recording.countDown();
          });
      await(recording, () -> isOver(progress));
      long[] before = emitted.invisible();
      Snapshot[] taken = new Snapshot[1];
      awaitSeen(
          progress,
          () -> {
            Snapshot now = snapshot.take();
            taken[0] = now;
            return Arrays.stream(before).allMatch(now::sees);
          });
      if (!isOver(progress)
          && taken[0] != null
          && cutAt(progress, catalog, taken[0], snapshot.completer())) {
        return true;
      }
    }
    return false;
  }

  /** Returns false when so much was told meanwhile that it could not be kept. */
  private boolean cutAt(
      Progress progress, Catalog catalog, Snapshot snapshot, EnvelopeWriter truncating)
      throws SQLException, InterruptedException {
    log.execute(() -> progress.feed.onlyUnseenBy(snapshot));
    CountDownLatch passed = new CountDownLatch(1);
    boolean[] done = new boolean[1];
    mark(
        catalog,
        CUT,
        progress,
        (place, commitMicros) -> {
          // The command above may not have been run yet: messages are heard first.
          progress.feed.onlyUnseenBy(snapshot);
          done[0] = !progress.feed.overflowed() && !progress.cancelled;
          if (done[0]) {
            beginAt(progress, truncating, place, commitMicros);
          }
          passed.countDown();
        });
    return await(passed, () -> isOver(progress)) && done[0];
  }

  /** By the thread that reads the log. */
  private void beginAt(
      Progress progress, EnvelopeWriter truncating, Position place, long commitMicros) {
    KeylessFeed feed = progress.feed;
    SourceChannel channel = progress.table.channel();
    if (feed.hasContent()) {
      truncating.begin();
      truncating.noBefore();
      truncating.noAfter();
      byte[] value =
          truncating.end(
              Op.TRUNCATE, System.currentTimeMillis() * 1_000, place, null, commitMicros);
      channel.writeTruncate(value, place, commitMicros);
    } else {
      channel.writeMark(place, commitMicros, (partition, offset) -> {});
    }
    int ordinal = SourceChannel.ORDINALS_PER_CHANGE;
    long now = System.currentTimeMillis() * 1_000;
    long truncations = 0;
    for (KeylessFeed.Change change : feed.recorded()) {
      Position position = new Position(place.timeline(), place.lsn(), ordinal);
      byte[] value =
          change
              .writer()
              .complete(
                  change.rows(),
                  change.op(),
                  now,
                  position,
                  change.transaction(),
                  change.commitMicros());
      if (change.op() == Op.TRUNCATE) {
        truncations++;
        channel.writeTruncate(value, position, change.commitMicros());
      } else {
        channel.writeRepeated(value, position, change.flags(), change.commitMicros());
      }
      ordinal += SourceChannel.ORDINALS_PER_CHANGE;
    }
    feed.stopRecording();
    feed.startWriting();
    progress.truncationsBefore = feed.truncations() - truncations;
    progress.truncated = false;
    progress.rows.set(0);
  }

  private void rows(Progress progress, Catalog catalog, TableSnapshot snapshot)
      throws SQLException, InterruptedException, TableSnapshot.ChangedException {
    boolean more = true;
    while (more && awaitRoom(progress)) {
      TableSnapshot.Batch batch = progress.truncated ? snapshot.end() : snapshot.read();
      more = !batch.isLast();
      mark(catalog, BATCH, progress, (place, micros) -> write(progress, batch, place, micros));
    }
  }

  /** By the thread that reads the log. */
  private void write(
      Progress progress, TableSnapshot.Batch batch, Position place, long commitMicros) {
    if (progress.cancelled) {
      return;
    }
    // What was truncated since the snapshot is gone, also what is only read now.
    progress.truncated = progress.feed.truncations() != progress.truncationsBefore;
    List<byte[]> rows = progress.truncated ? List.of() : batch.rows();
    long now = System.currentTimeMillis() * 1_000;
    for (int i = 0; i < rows.size(); i++) {
      Position position = new Position(place.timeline(), place.lsn(), i);
      byte[] value =
          batch.completer().complete(rows.get(i), Op.READ, now, position, null, commitMicros);
      progress.table.channel().writeDumpRow(SourceChannel.NO_KEY, value, position, commitMicros);
    }
    session.metrics().dumped(progress.dump.source(), rows.size());
    long total = progress.rows.addAndGet(rows.size());
    writer.whenAcknowledged(() -> acknowledged(progress, batch.isLast(), total));
    progress.inFlight.release();
  }

  private void acknowledged(Progress progress, boolean isLast, long total) {
    Dump dump = progress.dump;
    if (dump.initial()) {
      sources().setDumpedRows(dump.source(), total);
    }
    if (isLast) {
      finish(progress, DumpStore.State.DONE, "");
      sources().setState(dump.source(), SourceStore.State.STREAMING, "");
      LOG.info("Dump {} of {}: {} rows", dump.id(), dump.source(), total);
      progress.acknowledged.countDown();
    } else {
      progress.cancelled = !dumps().setProgress(dump.id(), List.of(), total);
      if (progress.cancelled) {
        sources()
            .setState(
                dump.source(),
                dump.initial() ? SourceStore.State.DUMPING : SourceStore.State.STREAMING,
                "Its dump was cancelled before its end, so rows are missing. Dump it again.");
      }
    }
  }

  private void mark(Catalog catalog, String kind, Progress progress, Passing passing)
      throws SQLException {
    String content =
        kind + session.generation() + ":" + progress.dump.id() + ":" + marks.incrementAndGet();
    waiting.put(content, passing);
    catalog.emitMessage(content);
  }

  /** Waits until few enough batches are on their way. Returns false when the dump is to end. */
  private boolean awaitRoom(Progress progress) throws InterruptedException {
    while (!isOver(progress)) {
      if (progress.inFlight.tryAcquire(50, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private static boolean await(CountDownLatch latch, BooleanSupplier over)
      throws InterruptedException {
    while (!latch.await(20, TimeUnit.MILLISECONDS)) {
      if (over.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }

  private boolean isOver(Progress progress) {
    return session.stopRequested()
        || progress.cancelled
        || !progress.table.stoppedReason().isEmpty();
  }

  private void finish(Progress progress, DumpStore.State state, String reason) {
    dumps().finish(progress.dump.id(), state, reason, progress.rows.get());
    if (state == DumpStore.State.FAILED && progress.dump.initial()) {
      sources().setState(progress.dump.source(), SourceStore.State.DUMPING, reason);
    }
  }

  private DumpStore dumps() {
    return session.environment().metadata().dumps();
  }

  private SourceStore sources() {
    return session.environment().metadata().sources();
  }
}
