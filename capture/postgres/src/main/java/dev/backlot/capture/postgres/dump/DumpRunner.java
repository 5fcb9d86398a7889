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
import dev.backlot.capture.postgres.stream.Noting;
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
    final Noting noting;
    volatile boolean cancelled;

    Progress(Dump dump, Noting noting) {
      this.dump = dump;
      this.noting = noting;
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
    try {
      Noting noting =
          Noting.begin(log, emitted, table, new Touches(), session::stopRequested).orElse(null);
      if (noting != null) {
        try (noting) {
          carryOut(new Progress(dump, noting), table, reader, marks);
        }
      }
    } finally {
      session.metrics().setDumping(false);
    }
  }

  private void carryOut(Progress progress, CapturedTable table, ChunkReader reader, Catalog marks)
      throws SQLException, InterruptedException {
    Dump dump = progress.dump;
    try {
      awaitSeen(progress, marks);
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
    }
  }

  /** A literal that its column's type refuses, and the like. */
  private static boolean isUsersFault(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("42"));
  }

  /** Waits until nothing that the log told before touches were noted is invisible. */
  private void awaitSeen(Progress progress, Catalog marks)
      throws SQLException, InterruptedException {
    Dump dump = progress.dump;
    Snapshot running = marks.snapshot();
    boolean fresh = dump.initial() && dump.lastKey().isEmpty();
    long started = System.nanoTime();
    boolean told = false;
    while (!session.stopRequested()) {
      Snapshot now = marks.snapshot();
      long waiting = progress.noting.unseenBy(now);
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
    if (dump.keys().isPresent()) {
      chunksOfKeys(progress, table, dump.keys().get(), reader, marks);
      return;
    }
    List<String> after = dump.lastKey().orElse(null);
    int limit = chunkRows;
    boolean more = true;
    while (more && awaitRoom(progress)) {
      Chunk chunk =
          reader.read(new ChunkReader.Request(table, dump.predicate(), null, after, limit));
      after = chunk.lastKey();
      more = !chunk.isLast();
      if (more && chunk.rows().size() < limit) {
        limit = Math.max(1, chunk.rows().size());
      } else {
        limit = Math.min(chunkRows, limit * 2);
      }
      mark(chunk, progress, !more, marks);
    }
  }

  private void chunksOfKeys(
      Progress progress,
      CapturedTable table,
      List<List<String>> keys,
      ChunkReader reader,
      Catalog marks)
      throws SQLException, InterruptedException {
    int done = 0;
    int size = KEYS_PER_CHUNK;
    if (keys.isEmpty()) {
      finish(progress, DumpStore.State.DONE, "");
      progress.acknowledged.countDown();
    }
    while (done < keys.size() && awaitRoom(progress)) {
      List<List<String>> some = keys.subList(done, Math.min(done + size, keys.size()));
      String predicate = progress.dump.predicate();
      Chunk chunk =
          reader.read(new ChunkReader.Request(table, predicate, some, null, some.size() + 1));
      if (!chunk.isLast() && some.size() > 1) {
        size = (some.size() + 1) / 2;
        progress.inFlight.release();
        continue;
      }
      done += some.size();
      mark(chunk, progress, done == keys.size(), marks);
    }
  }

  /** Waits until few enough chunks are on their way. Returns false when the dump is to end. */
  private boolean awaitRoom(Progress progress) throws InterruptedException {
    while (!session.stopRequested() && !progress.cancelled) {
      if (progress.inFlight.tryAcquire(50, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private void mark(Chunk chunk, Progress progress, boolean endsDump, Catalog marks)
      throws SQLException {
    long number = watermarks.incrementAndGet();
    String content = WATERMARK + session.generation() + ":" + progress.dump.id() + ":" + number;
    pending.put(content, new Pending(chunk, progress, endsDump));
    marks.emitMessage(content);
  }

  /** Writes the rows of a chunk that the log has not overtaken. */
  private void emit(Pending waiting, int timeline, long at, long commitMicros) {
    Chunk chunk = waiting.chunk;
    Progress progress = waiting.progress;
    if (!progress.noting.goesOn() || progress.cancelled) {
      return;
    }
    Touches.Verdict verdict = progress.noting.touches().judge(chunk.snapshot());
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
    int ordinal = chunk.keys().size();
    for (Chunk.Gone gone : chunk.gone()) {
      if (!verdict.isStale(new KeyBytes(gone.key(), Confluent.FRAME))) {
        Position position = new Position(timeline, at, ordinal);
        byte[] value =
            chunk.completer().complete(gone.row(), Op.DELETE, now, position, null, commitMicros);
        chunk.table().channel().writeDumpDelete(gone.key(), value, position, commitMicros);
        written++;
      }
      ordinal += 2;
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
