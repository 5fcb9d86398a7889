package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogReader;
import dev.backlot.capture.postgres.type.SqlServerText;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.event.Confluent;
import dev.backlot.event.Op;
import dev.backlot.event.Position;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.RowSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a connection's dumps, one after the other, chunk by chunk, while the log goes on: read a
 * chunk, write a watermark into the log behind it, and let the thread that reads the log write the
 * chunk's rows when it meets the watermark. {@link #run} is for a thread of its own; {@link
 * #passed} for the thread that reads the log.
 */
public final class DumpRunner {
  private static final Logger LOG = LoggerFactory.getLogger(DumpRunner.class);
  private static final String WATERMARK = "watermark:";
  private static final int CHUNKS_IN_FLIGHT = 2;
  private static final int KEYS_PER_CHUNK = 1_000;
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final CaptureSession session;
  private final SourceConnections connections;
  private final Function<String, @Nullable CapturedTable> tables;
  private final BiFunction<String, RowSchema, SourceDescriptor> register;
  private final LogReader log;
  private final OrderedWriter writer;
  private final EmittedTransactions emitted;
  private final int chunkRows;
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicLong watermarks = new AtomicLong();

  private record Pending(Chunk chunk, Progress progress, boolean endsDump) {}

  /** A dump under way. */
  private static final class Progress {
    final Dump dump;
    final Semaphore inFlight = new Semaphore(CHUNKS_IN_FLIGHT);
    final CountDownLatch acknowledged = new CountDownLatch(1);
    final AtomicLong rows = new AtomicLong();
    volatile boolean cancelled;

    Progress(Dump dump) {
      this.dump = dump;
      this.rows.set(dump.dumpedRows());
    }
  }

  /**
   * Prepares.
   *
   * @param tables captured tables by the Source's name
   * @param register gives a Source's row schema ids
   */
  public DumpRunner(
      CaptureSession session,
      SourceConnections connections,
      Function<String, @Nullable CapturedTable> tables,
      BiFunction<String, RowSchema, SourceDescriptor> register,
      LogReader log,
      OrderedWriter writer,
      EmittedTransactions emitted,
      int chunkRows) {
    this.session = session;
    this.connections = connections;
    this.tables = tables;
    this.register = register;
    this.log = log;
    this.writer = writer;
    this.emitted = emitted;
    this.chunkRows = chunkRows;
  }

  /** Does dumps as they are asked for, until the session ends. */
  public void run() throws SQLException, InterruptedException {
    try (Connection marking = connections.open();
        SqlServerText server = new SqlServerText(connections::open);
        ChunkReader reader =
            new ChunkReader(
                connections, server, register, session.intent().spec().config().database())) {
      Catalog marks = new Catalog(marking);
      while (!session.stopRequested()) {
        boolean worked = false;
        for (Dump dump : dumps().open(session.connection())) {
          CapturedTable table = tables.apply(dump.source());
          if (session.stopRequested()) {
            return;
          }
          if (table != null && table.epoch() == dump.epoch() && table.stoppedReason().isEmpty()) {
            dump(dump, table, reader, marks);
            worked = true;
          }
        }
        if (!worked) {
          session.awaitSignal(LOOK);
        }
      }
    }
  }

  /** Hears of a message in the log; writes the rows of the chunk that waits for it, if one does. */
  public void passed(String content, int timeline, long at, long commitMicros) {
    if (!content.startsWith(WATERMARK)) {
      return;
    }
    Pending waiting = pending.remove(content);
    if (waiting != null) {
      emit(waiting, timeline, at, commitMicros);
    }
  }

  private void dump(Dump dump, CapturedTable table, ChunkReader reader, Catalog marks)
      throws SQLException, InterruptedException {
    LOG.info("Dump {} of {} begins", dump.id(), dump.source());
    dumps().setRunning(dump.id());
    session.metrics().setDumping(true);
    Progress progress = new Progress(dump);
    try {
      begin(dump, table, marks);
      chunks(progress, table, reader, marks);
      while (!progress.acknowledged.await(100, TimeUnit.MILLISECONDS)) {
        if (session.stopRequested() || progress.cancelled) {
          return;
        }
      }
      LOG.info("Dump {} of {}: {} rows", dump.id(), dump.source(), progress.rows.get());
    } catch (ProblemException | IllegalArgumentException e) {
      LOG.warn("Dump {} of {} failed: {}", dump.id(), dump.source(), e.getMessage());
      finish(progress, DumpStore.State.FAILED, String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      if (!isUsersFault(e)) {
        throw e;
      }
      finish(progress, DumpStore.State.FAILED, String.valueOf(e.getMessage()));
    } finally {
      session.metrics().setDumping(false);
      log.execute(() -> table.setTouches(null));
    }
  }

  /** A literal that its column's type refuses, and the like. */
  private static boolean isUsersFault(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("42"));
  }

  /** Notes touched keys from now on, and waits until nothing from before is invisible. */
  private void begin(Dump dump, CapturedTable table, Catalog marks)
      throws SQLException, InterruptedException {
    CountDownLatch noting = new CountDownLatch(1);
    log.execute(
        () -> {
          table.setTouches(new Touches());
          noting.countDown();
        });
    while (!noting.await(50, TimeUnit.MILLISECONDS)) {
      if (session.stopRequested()) {
        return;
      }
    }
    long[] before = emitted.invisible();
    Snapshot running = marks.snapshot();
    boolean fresh = dump.initial() && dump.lastKey().isEmpty();
    long started = System.nanoTime();
    boolean told = false;
    while (!session.stopRequested()) {
      Snapshot now = marks.snapshot();
      long waiting = 0;
      for (long transaction : before) {
        waiting += now.sees(transaction) ? 0 : 1;
      }
      if (fresh) {
        // Changes made before the table was published are not in the log, but committed later.
        waiting += running.inProgress().stream().filter(t -> !now.sees(t)).count();
      }
      if (waiting == 0) {
        break;
      }
      if (!told && System.nanoTime() - started > Duration.ofSeconds(1).toNanos()) {
        told = true;
        sources()
            .setState(
                dump.source(),
                state(dump),
                "The dump waits for transactions that run in the database to end.");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    if (told) {
      sources().setState(dump.source(), state(dump), "");
    }
  }

  private SourceStore.State state(Dump dump) {
    return dump.initial() ? SourceStore.State.DUMPING : SourceStore.State.STREAMING;
  }

  private void chunks(Progress progress, CapturedTable table, ChunkReader reader, Catalog marks)
      throws SQLException, InterruptedException {
    Dump dump = progress.dump;
    List<String> after = dump.lastKey().orElse(null);
    int keysDone = 0;
    int limit = chunkRows;
    Optional<List<List<String>>> keys = dump.keys();
    boolean more = true;
    while (more && !progress.cancelled) {
      while (!progress.inFlight.tryAcquire(50, TimeUnit.MILLISECONDS)) {
        if (session.stopRequested() || progress.cancelled) {
          return;
        }
      }
      if (session.stopRequested()) {
        return;
      }
      List<List<String>> some = null;
      if (keys.isPresent()) {
        int end = Math.min(keysDone + KEYS_PER_CHUNK, keys.get().size());
        some = keys.get().subList(keysDone, end);
        keysDone = end;
        limit = KEYS_PER_CHUNK + 1;
        if (some.isEmpty()) {
          finish(progress, DumpStore.State.DONE, "");
          progress.acknowledged.countDown();
          return;
        }
      }
      Chunk chunk =
          reader.read(new ChunkReader.Request(table, dump.predicate(), some, after, limit));
      after = keys.isPresent() ? null : chunk.lastKey();
      more = keys.map(all -> false).orElse(!chunk.isLast());
      if (keys.isPresent()) {
        more = keysDone < keys.get().size();
      } else if (!chunk.isLast() && chunk.rows().size() < limit) {
        limit = Math.max(1, chunk.rows().size());
      } else {
        limit = Math.min(chunkRows, limit * 2);
      }
      String content =
          WATERMARK + session.generation() + ":" + dump.id() + ":" + watermarks.incrementAndGet();
      pending.put(content, new Pending(chunk, progress, !more));
      marks.emitMessage(content);
    }
  }

  /** Writes the rows of a chunk that the log has not overtaken. */
  private void emit(Pending waiting, int timeline, long at, long commitMicros) {
    Chunk chunk = waiting.chunk;
    Progress progress = waiting.progress;
    Touches touches = chunk.table().touches();
    if (touches == null || progress.cancelled) {
      return;
    }
    Touches.Verdict verdict = touches.judge(chunk.snapshot());
    boolean allFresh = verdict.allFresh();
    long now = System.currentTimeMillis() * 1_000;
    int written = 0;
    for (int i = 0; i < chunk.keys().size(); i++) {
      byte[] key = chunk.keys().get(i);
      if (!allFresh && verdict.isStale(new KeyBytes(key, Confluent.FRAME))) {
        continue;
      }
      Position position = new Position(timeline, at, i);
      byte[] value =
          chunk
              .completer()
              .complete(chunk.rows().get(i), Op.READ, now, position, null, commitMicros);
      chunk.table().channel().writeDumpRow(key, value, position, commitMicros);
      written++;
    }
    session.metrics().dumped(progress.dump.source(), written);
    long total = progress.rows.addAndGet(written);
    writer.whenAcknowledged(() -> acknowledged(waiting, total));
    progress.inFlight.release();
  }

  private void acknowledged(Pending waiting, long total) {
    Progress progress = waiting.progress;
    Dump dump = progress.dump;
    List<String> lastKey = waiting.chunk.lastKey();
    if (dump.initial()) {
      sources().setDumpedRows(dump.source(), total);
    }
    if (waiting.endsDump) {
      finish(progress, DumpStore.State.DONE, "");
      if (dump.initial()) {
        sources().setState(dump.source(), SourceStore.State.STREAMING, "");
      }
      progress.acknowledged.countDown();
    } else if (lastKey != null && dump.keys().isEmpty()) {
      progress.cancelled = !dumps().setProgress(dump.id(), lastKey, total);
    }
  }

  private void finish(Progress progress, DumpStore.State state, String reason) {
    progress.cancelled = state != DumpStore.State.DONE;
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
