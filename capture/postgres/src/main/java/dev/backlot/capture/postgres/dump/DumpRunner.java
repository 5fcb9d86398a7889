package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogReader;
import dev.backlot.capture.postgres.stream.Noting;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Progress;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.DumpPolicy;
import dev.backlot.schema.RowSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a connection's dumps beside its log: begins those that are asked for, follows what they are
 * told, notes how far they are. Readers read chunks and write a watermark into the log behind each
 * ({@link ChunkReaders}); the thread that reads the log writes a chunk's rows once it has met the
 * watermark ({@link ChunkWriter}). {@link #run} is for a thread of its own; {@link #passed} for the
 * thread that reads the log.
 */
public final class DumpRunner {
  private static final Logger LOG = LoggerFactory.getLogger(DumpRunner.class);
  private static final String WATERMARK = "watermark:";

  /** The system property of how many rows a chunk has when nothing else says so. */
  public static final String CHUNK_ROWS = "backlot.capture.chunk_rows";

  /** Rows of a chunk when nothing says so. */
  public static final int DEFAULT_CHUNK_ROWS = 10_000;

  private static final int DEFAULT_READERS = 4;
  private static final int DEFAULT_PARALLEL = 1;

  /** Dumps of keys don't count. */
  private static final int MOST_AT_ONCE = 16;

  private static final long TICK_MILLIS = 20;
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration FORGET = Duration.ofSeconds(1);

  private final CaptureSession session;
  private final SourceConnections connections;
  private final Function<String, @Nullable CapturedTable> tables;
  private final LogReader log;
  private final EmittedTransactions emitted;
  private final DumpQueue queue = new DumpQueue();
  private final ChunkWriter writer;
  private final ChunkReaders readers;
  private final Semaphore wake = new Semaphore(0);
  private final Map<Long, Running> running = new LinkedHashMap<>();

  /** A dump and where it stands; for the thread that runs. */
  private static final class Running {
    final ActiveDump dump;
    final CompletableFuture<Noting> noting;
    final long asked = System.nanoTime();
    @Nullable Snapshot atBegin;
    boolean reads;
    boolean told;

    Running(ActiveDump dump, CompletableFuture<Noting> noting) {
      this.dump = dump;
      this.noting = noting;
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
      OrderedWriter out,
      EmittedTransactions emitted) {
    this.session = session;
    this.connections = connections;
    this.tables = tables;
    this.log = log;
    this.emitted = emitted;
    this.writer = new ChunkWriter(out, session.metrics(), this::acknowledged);
    this.readers =
        new ChunkReaders(
            session.connection(),
            WATERMARK + session.generation() + ":",
            connections,
            register,
            session.intent().spec().config().database(),
            queue,
            writer);
    log.beside(writer);
  }

  /** Does dumps as they are asked for, until the session ends. */
  public void run() throws SQLException, InterruptedException {
    try (DumpCatalog catalog = new DumpCatalog(connections)) {
      long lastLook = 0;
      long lastForget = 0;
      while (!session.stopRequested()) {
        long now = System.nanoTime();
        if (session.awaitSignal(Duration.ZERO) || now - lastLook > LOOK.toNanos()) {
          lastLook = now;
          follow();
        }
        begin(catalog);
        noteProgress();
        if (now - lastForget > FORGET.toNanos() && !running.isEmpty()) {
          lastForget = now;
          forget(catalog.snapshot());
        }
        readers.ensure(usefulReaders(), policy().readers().orElse(DEFAULT_READERS));
        wake.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS);
        wake.drainPermits();
      }
    } finally {
      readers.close();
    }
  }

  /** Hears of a message in the log; its chunk's rows may be written from now on. */
  public void passed(String content, long commitMicros) {
    if (content.startsWith(WATERMARK)) {
      writer.passed(content, commitMicros);
    }
  }

  private void acknowledged(Turn turn) {
    turn.dump.acknowledged(turn, System.nanoTime());
    wake.release();
  }

  /** Brings the dumps under way to what was asked for. */
  private void follow() {
    Map<Long, Dump> open =
        dumps().unfinished(session.connection()).stream()
            .collect(Collectors.toMap(Dump::id, dump -> dump, (a, b) -> a, LinkedHashMap::new));
    for (Running dump : running.values()) {
      Dump wanted = open.get(dump.dump.dump().id());
      if (wanted == null) {
        dump.dump.drop();
      } else if (wanted.state() == DumpStore.State.PAUSED) {
        dump.dump.retire();
      } else {
        set(dump.dump, wanted.settings());
      }
      String stopped = dump.dump.table().stoppedReason();
      if (!stopped.isEmpty()) {
        dump.dump.fail(stopped);
      }
    }
    queue.changed();
    for (Dump dump : open.values()) {
      if (dump.state() != DumpStore.State.PAUSED && !running.containsKey(dump.id())) {
        start(dump);
      }
    }
  }

  private void start(Dump dump) {
    CapturedTable table = tables.apply(dump.source());
    if (table == null || table.keyless().isPresent() || table.epoch() < dump.epoch()) {
      return;
    }
    if (table.epoch() > dump.epoch()) {
      finish(dump, DumpStore.State.CANCELLED, "Its source has begun another epoch since.");
      return;
    }
    if (!table.stoppedReason().isEmpty()) {
      finish(dump, DumpStore.State.FAILED, table.stoppedReason());
      return;
    }
    long wholes = running.values().stream().filter(other -> !other.dump.isKeyed()).count();
    if (dump.keys().isEmpty() && wholes >= MOST_AT_ONCE) {
      return;
    }
    if (!dumps().setRunning(dump.id())) {
      return;
    }
    LOG.info("Dump {} of {} begins", dump.id(), dump.source());
    ActiveDump active = new ActiveDump(dump, table, System.nanoTime());
    running.put(dump.id(), new Running(active, Noting.ask(log, emitted, table, active.touches())));
    session.metrics().setDumping(true);
  }

  /** Lets those be read whose touches are noted and that see all that was told before. */
  private void begin(DumpCatalog catalog) throws SQLException {
    for (Running dump : running.values()) {
      if (!dump.reads && !dump.dump.isRetired() && dump.noting.isDone()) {
        Snapshot now = catalog.snapshot();
        if (isSeen(dump, now)) {
          read(dump, catalog, now);
        }
      }
    }
  }

  /** Whether everything that the log told before touches were noted is visible. */
  private boolean isSeen(Running running, Snapshot now) {
    Snapshot atBegin = running.atBegin;
    if (atBegin == null) {
      atBegin = now;
      running.atBegin = now;
    }
    Dump dump = running.dump.dump();
    long waiting = running.noting.join().unseenBy(now);
    if (dump.initial() && dump.progress().chunks() == 0) {
      // Changes made before the table was published are not in the log, but committed later.
      waiting += atBegin.inProgress().stream().filter(t -> !now.sees(t)).count();
    }
    boolean late = System.nanoTime() - running.asked > TimeUnit.SECONDS.toNanos(1);
    if (waiting > 0 && late && !running.told) {
      running.told = true;
      tell(dump, "The dump waits for transactions that run in the database to end.");
    }
    return waiting == 0;
  }

  private void tell(Dump dump, String reason) {
    dumps().setReason(dump.id(), reason);
    sources().setState(dump.source(), state(dump), reason);
  }

  private void read(Running running, DumpCatalog catalog, Snapshot seen) throws SQLException {
    ActiveDump active = running.dump;
    Dump dump = active.dump();
    if (running.told) {
      tell(dump, "");
    }
    running.reads = true;
    set(active, dump.settings());
    try {
      DumpCatalog.Beginning beginning =
          catalog.beginning(dump, active.table(), parallel(dump.settings()));
      dumps().setBegun(dump.id(), beginning.keyTypes(), beginning.estimate());
      active.begin(beginning.ranges(), beginning.keyTypes(), seen);
      queue.add(active);
    } catch (ProblemException | IllegalArgumentException e) {
      active.fail(String.valueOf(e.getMessage()));
    }
  }

  private void noteProgress() {
    for (Running dump : List.copyOf(running.values())) {
      ActiveDump active = dump.dump;
      Optional<Progress> progress = active.takeProgress();
      if (progress.isPresent()) {
        queue.changed();
        note(active, progress.get());
      }
      Optional<String> failure = active.failure();
      if (failure.isPresent()) {
        LOG.warn("Dump {} failed: {}", active.dump().id(), failure.get());
        finish(active.dump(), DumpStore.State.FAILED, failure.get());
        end(dump);
      } else if (!active.isDropped() && dump.reads && active.isDone()) {
        LOG.info("Dump {} is done: {} rows", active.dump().id(), active.progress().writtenRows());
        finish(active.dump(), DumpStore.State.DONE, "");
        end(dump);
      } else if (active.isDropped() || (active.isRetired() && active.isAtRest())) {
        end(dump);
      }
    }
  }

  private void note(ActiveDump active, Progress progress) {
    Dump dump = active.dump();
    if (!dumps().setProgress(dump.id(), session.generation(), progress)) {
      active.drop();
    } else if (dump.initial()) {
      sources().setDumpedRows(dump.source(), progress.writtenRows());
    }
  }

  private void end(Running dump) {
    ActiveDump active = dump.dump;
    active.drop();
    queue.remove(active);
    writer.forget(active);
    Noting.forget(log, active.table(), active.touches());
    running.remove(active.dump().id());
    session.metrics().setDumping(false);
    // It may have been resumed meanwhile, or another one waits for its place.
    follow();
  }

  private void finish(Dump dump, DumpStore.State state, String reason) {
    if (!dumps().finish(dump.id(), session.generation(), state, reason) || !dump.initial()) {
      return;
    }
    if (state == DumpStore.State.DONE) {
      sources().setState(dump.source(), SourceStore.State.STREAMING, "");
    } else if (state == DumpStore.State.FAILED && isWritten(dump.source())) {
      sources().setState(dump.source(), SourceStore.State.DUMPING, reason);
    }
  }

  private boolean isWritten(String source) {
    CapturedTable table = tables.apply(source);
    return table != null && table.stoppedReason().isEmpty();
  }

  /** Keeps touches few, also of dumps whose turn does not come for long. */
  private void forget(Snapshot now) {
    for (Running dump : running.values()) {
      if (dump.reads) {
        ActiveDump active = dump.dump;
        var undecided = active.forgettable(now);
        log.execute(() -> active.touches().forget(undecided));
      }
    }
  }

  private int usefulReaders() {
    return running.values().stream().mapToInt(dump -> dump.dump.unread()).sum();
  }

  private void set(ActiveDump dump, DumpStore.Settings settings) {
    DumpPolicy policy = policy();
    int standard = Integer.getInteger(CHUNK_ROWS, DEFAULT_CHUNK_ROWS);
    dump.set(
        settings.chunkRows().orElse(policy.chunkRows().orElse(standard)),
        settings.delay().or(policy::delay).orElse(Duration.ZERO));
  }

  private int parallel(DumpStore.Settings settings) {
    return settings.parallel().orElse(policy().parallel().orElse(DEFAULT_PARALLEL));
  }

  private DumpPolicy policy() {
    return session.intent().spec().dump();
  }

  private static SourceStore.State state(Dump dump) {
    return dump.initial() ? SourceStore.State.DUMPING : SourceStore.State.STREAMING;
  }

  private DumpStore dumps() {
    return session.environment().metadata().dumps();
  }

  private SourceStore sources() {
    return session.environment().metadata().sources();
  }
}
