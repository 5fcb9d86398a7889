package dev.backlot.capture.postgres.audit;

import static java.util.Objects.requireNonNull;

import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogReader;
import dev.backlot.capture.postgres.stream.Noting;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.metadata.AuditReadStore;
import dev.backlot.metadata.AuditReadStore.Read;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.schema.AvroSchemas;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what audits ask of a connection's tables, one read after the other, while the log goes
 * on: read a part in one snapshot, write a watermark into the log behind it, and let the thread
 * that reads the log mark its topic's partitions when it meets the watermark. There, the topic
 * holds what the snapshot saw, but for keys that were touched by transactions that it did not see.
 *
 * <p>Nothing that fails here ends the capture. {@link #run} is for a thread of its own; {@link
 * #passed} for the thread that reads the log.
 */
public final class AuditRunner {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRunner.class);
  private static final String WATERMARK = "audit:";
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_ATTEMPTS = 5;
  private static final int MOST_TOUCHES = 250_000;
  private static final long HEED_MILLIS = 1_000;

  private final CaptureSession session;
  private final SourceConnections connections;
  private final Function<String, @Nullable CapturedTable> tables;
  private final LogReader log;
  private final OrderedWriter writer;
  private final EmittedTransactions emitted;
  private final AvroTexts keyTexts;
  private final Map<String, PendingMark> pending = new ConcurrentHashMap<>();
  private final AtomicLong watermarks = new AtomicLong();
  private final Map<Long, Integer> attempts = new HashMap<>();
  private final AuditReader reader;
  private long heeded;

  /** The read is not wanted any more, or the session ends. */
  private static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Prepares.
   *
   * @param tables captured tables by the Source's name
   */
  public AuditRunner(
      CaptureSession session,
      SourceConnections connections,
      Function<String, @Nullable CapturedTable> tables,
      LogReader log,
      OrderedWriter writer,
      EmittedTransactions emitted) {
    this.session = session;
    this.connections = connections;
    this.tables = tables;
    this.log = log;
    this.writer = writer;
    this.emitted = emitted;
    this.keyTexts =
        new AvroTexts(
            id -> AvroSchemas.parse(session.environment().schemas().byId(id).orElseThrow()));
    this.reader = new AuditReader(connections::open, this::check);
  }

  /** Answers reads as they are asked for, until the session ends. */
  public void run() throws InterruptedException {
    while (!session.stopRequested()) {
      try {
        answerAll();
      } catch (SQLException | RuntimeException e) {
        LOG.warn("Cannot read for audits of '{}' now: {}", session.connection(), e.toString());
        TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
      }
    }
  }

  /** Ends what runs in the database, so that {@link #run} ends soon. For any thread. */
  public void abort() {
    try {
      reader.abort();
    } catch (SQLException e) {
      LOG.debug("The connection is gone already", e);
    }
  }

  /** Hears of a message in the log. */
  public void passed(String content, int timeline, long at, long commitMicros) {
    if (content.startsWith(WATERMARK)) {
      PendingMark waiting = pending.remove(content);
      if (waiting != null) {
        waiting.passed(writer, timeline, at, commitMicros);
      }
    }
  }

  /** Connections are opened once something is asked for, and anew after a failure. */
  private void answerAll() throws SQLException, InterruptedException {
    List<Read> open = store().open(session.connection());
    if (open.isEmpty()) {
      session.awaitSignal(LOOK);
      return;
    }
    try (Connection marking = connections.open();
        reader) {
      Catalog marks = new Catalog(marking);
      while (!session.stopRequested()) {
        boolean answered = false;
        for (Read read : open) {
          if (!session.stopRequested()) {
            answered |= answer(read, marks);
          }
        }
        if (!answered) {
          session.awaitSignal(LOOK);
        }
        open = store().open(session.connection());
      }
    }
  }

  /** Returns false when there is nothing to do for this read now. */
  private boolean answer(Read read, Catalog marks) throws SQLException, InterruptedException {
    CapturedTable table = tables.apply(read.source());
    Optional<String> refusal = refusal(read, table);
    if (refusal.isPresent()) {
      fail(read, "Cannot audit source '" + read.source() + "': " + refusal.get());
      return true;
    }
    if (table == null || !store().setRunning(read.id())) {
      return false;
    }
    try {
      answer(read, table, marks);
    } catch (EndedException e) {
      LOG.debug("Read {} of {} is not wanted any more", read.id(), read.source());
    } catch (ProblemException | IllegalArgumentException e) {
      fail(read, String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      if (!giveUp(read, isFinal(e), "the database said: " + e.getMessage())) {
        throw e;
      }
    } catch (RuntimeException e) {
      if (!giveUp(read, false, e.toString())) {
        throw e;
      }
    }
    return true;
  }

  /** Fails a read when trying again would not help, or has not. Returns whether it did. */
  private boolean giveUp(Read read, boolean now, String cause) {
    boolean ends = now || attempts.merge(read.id(), 1, Integer::sum) >= MOST_ATTEMPTS;
    if (ends) {
      fail(read, "Cannot audit source '" + read.source() + "': " + cause);
    }
    return ends;
  }

  /** Returns why a read is not answered at all. */
  private Optional<String> refusal(Read read, @Nullable CapturedTable table) {
    SourceStore.StoredSource source = sources().find(read.source()).orElse(null);
    if (source == null || source.state() == SourceStore.State.REMOVED) {
      return Optional.of("it is not captured. Put its table into the connection.");
    }
    int epoch = source.descriptor().epoch();
    if (epoch != read.epoch()) {
      return Optional.of("its epoch is " + epoch + ", not " + read.epoch() + ". Begin anew.");
    }
    if (source.state() == SourceStore.State.DUMPING) {
      return Optional.of("its first dump has not ended. Ask again when it has.");
    }
    if (source.state() == SourceStore.State.STOPPED) {
      return Optional.of(source.reason());
    }
    if (table != null && !table.stoppedReason().isEmpty()) {
      return Optional.of(table.stoppedReason());
    }
    return Optional.empty();
  }

  /** Ends what takes long when nobody wants it; asks the metadata database once in a while. */
  private void check() {
    if (session.stopRequested()) {
      throw new EndedException();
    }
  }

  private void checkWanted(Read read) {
    check();
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    if (now - heeded > HEED_MILLIS) {
      heeded = now;
      if (store().find(read.id()).isEmpty()) {
        throw new EndedException();
      }
    }
  }

  private void answer(Read read, CapturedTable table, Catalog marks)
      throws SQLException, InterruptedException {
    Noting begun =
        Noting.begin(log, emitted, table, new Touches(MOST_TOUCHES), session::stopRequested)
            .orElseThrow(EndedException::new);
    try (Noting noting = begun) {
      awaitSeen(read, noting, marks);
      Reading reading = reader.read(table, read.read(), noting::onlyUnseenBy);
      PendingMark mark = new PendingMark(table, reading.snapshot(), noting);
      String content =
          WATERMARK + session.generation() + ":" + read.id() + ":" + watermarks.incrementAndGet();
      pending.put(content, mark);
      try {
        marks.emitMessage(content);
        while (!mark.await(100)) {
          checkWanted(read);
        }
      } finally {
        pending.remove(content);
      }
      if (!mark.refusal().isEmpty()) {
        fail(read, "Cannot audit source '" + read.source() + "': " + mark.refusal());
        return;
      }
      AuditAnswer answer = answer(read, table, reading, mark);
      if (!store().answer(read.id(), answer, session.generation())) {
        LOG.debug("The answer to read {} does not count any more", read.id());
      }
      attempts.remove(read.id());
    }
  }

  /** Waits until nothing that the log told before touches were noted is invisible. */
  private void awaitSeen(Read read, Noting noting, Catalog marks)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (noting.unseenBy(marks.snapshot()) > 0) {
      checkWanted(read);
      if (System.nanoTime() > deadline) {
        throw AuditCatalog.refused(
            requireNonNull(tables.apply(read.source())),
            "transactions that the log may have told are not visible yet: a standby does not"
                + " confirm, or one runs since before capture began. Ask again");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private AuditAnswer answer(Read read, CapturedTable table, Reading reading, PendingMark mark) {
    PendingMark.Passed passed = requireNonNull(mark.result());
    KeyScope scope = new KeyScope(reading.scope(), reading.table().keys(), read.read().keys());
    List<List<String>> moving = new ArrayList<>();
    passed
        .moving()
        .forEach(
            key -> {
              List<String> texts = keyTexts.key(key.framed());
              if (scope.mayHold(texts)) {
                moving.add(texts);
              }
            });
    boolean none = passed.allMoving();
    return new AuditAnswer(
        table.topic(),
        table.epoch(),
        mark.offsets(),
        passed.position().toString(),
        Instant.EPOCH.plus(passed.commitMicros(), ChronoUnit.MICROS),
        reading.scope(),
        reading.next(),
        none ? List.of() : reading.rows().sums(moving),
        none ? List.of() : reading.rows().rows(moving),
        none ? List.of() : moving,
        none,
        reading.rowsRead());
  }

  /** What will not go by itself: not a lock that is waited for, nor a server that restarts. */
  private static boolean isFinal(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("42") || state.equals("57014"));
  }

  private void fail(Read read, String reason) {
    LOG.info("Read {} for an audit failed: {}", read.id(), reason);
    attempts.remove(read.id());
    store().fail(read.id(), reason);
  }

  private AuditReadStore store() {
    return session.environment().metadata().auditReads();
  }

  private SourceStore sources() {
    return session.environment().metadata().sources();
  }
}
