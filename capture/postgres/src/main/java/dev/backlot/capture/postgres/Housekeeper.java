package dev.backlot.capture.postgres;

import dev.backlot.capture.heartbeat.Heartbeats;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogStream;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.event.Position;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.model.Problem;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a capture does beside reading: takes note of acknowledgements and lets the server forget
 * what was acknowledged, answers drains, sends heartbeats, follows the document, says how it goes.
 * For one thread, but for {@link #passed}.
 */
final class Housekeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);
  private static final String DRAIN = "drain:";
  private static final Duration BEAT = Duration.ofMillis(20);
  private static final Duration PROGRESS = Duration.ofMillis(500);
  private static final Duration IDLE_PROGRESS = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration SURVEY = Duration.ofSeconds(10);

  private final CaptureSession session;
  private final CaptureStore captures;
  private final OrderedWriter writer;
  private final Slot slot;
  private final CapturedTables tables;
  private final Catalog catalog;
  private final ConnectionSpec.Config config;
  private final Heartbeats heartbeats;
  private final RetainedLog retained;
  private final Orphans orphans;
  private CaptureSession.Intent followed;
  private int timeline;
  private long saved;
  private Map<String, List<Long>> savedOffsets = Map.of();
  private Optional<Instant> drainAsked = Optional.empty();

  Housekeeper(
      CaptureSession session,
      CaptureSession.Intent followed,
      OrderedWriter writer,
      Slot slot,
      CapturedTables tables,
      Catalog catalog) {
    this.session = session;
    this.captures = session.environment().metadata().captures();
    this.writer = writer;
    this.slot = slot;
    this.tables = tables;
    this.catalog = catalog;
    this.followed = followed;
    this.config = followed.spec().config();
    this.saved = writer.confirmed();
    this.retained = new RetainedLog(slot);
    this.orphans = new Orphans(catalog, captures);
    this.heartbeats =
        new Heartbeats(
            session.environment().metadata().heartbeats(),
            writer,
            session.metrics(),
            session.connection(),
            session.generation());
  }

  Catalog catalog() {
    return catalog;
  }

  /** Notes where a new slot begins. */
  void begin(long place) {
    save(place);
  }

  void run(LogStream stream, EmittedTransactions emitted, BooleanSupplier stop)
      throws SQLException, InterruptedException {
    timeline = stream.timeline();
    long lastLook = 0;
    long lastSurvey = 0;
    long lastSave = System.nanoTime();
    survey();
    while (!stop.getAsBoolean()) {
      boolean signalled = session.awaitSignal(BEAT);
      long now = System.nanoTime();
      long acknowledged = writer.advance();
      if (acknowledged > saved && now - lastSave > progressInterval().toNanos()) {
        save(acknowledged);
        stream.confirm(acknowledged);
        lastSave = now;
      }
      if (signalled || now - lastLook > LOOK.toNanos()) {
        lastLook = now;
        drain();
        if (captures.recaptureRequested(session.connection())) {
          throw new ReconnectException();
        }
        beat();
        emitted.forget(catalog.snapshot());
        if (tables.wouldTellMore(saved)) {
          throw new ReconnectException();
        }
        if (tables.changed() || session.intent() != followed) {
          follow();
          survey();
        }
      }
      if (now - lastSurvey > SURVEY.toNanos()) {
        lastSurvey = now;
        follow();
        survey();
      }
    }
  }

  /** Waits for what was sent, and notes it: the next owner need not read it again. */
  void finish() {
    writer.flush();
    long acknowledged = writer.advance();
    if (acknowledged > saved) {
      save(acknowledged);
    }
  }

  /** Hears of a message in the log. By the thread that reads it. */
  void passed(String content, Position at, long commitMicros) {
    heartbeats.passed(content, at, commitMicros, tables.channels());
    if (!content.startsWith(DRAIN)) {
      return;
    }
    String[] parts = content.split(":", 3);
    if (Long.parseLong(parts[1]) == session.generation()) {
      Instant asked = Instant.parse(parts[2]);
      writer.whenAcknowledged(() -> captures.setDrained(session.connection(), asked));
    }
  }

  private Duration progressInterval() {
    return writer.nextOffsets().equals(savedOffsets) ? IDLE_PROGRESS : PROGRESS;
  }

  private void save(long acknowledged) {
    Map<String, List<Long>> offsets = writer.nextOffsets();
    boolean written =
        captures.putProgress(
            session.connection(),
            session.generation(),
            new CaptureStore.Progress(
                session.generation(),
                new Position(timeline, acknowledged, 0).toString(),
                offsets,
                Map.of()));
    if (!written) {
      throw new IllegalStateException("The lease is another's");
    }
    saved = acknowledged;
    savedOffsets = offsets;
  }

  private void drain() throws SQLException {
    Optional<Instant> open = captures.openDrain(session.connection());
    if (open.isPresent() && !open.equals(drainAsked)) {
      drainAsked = open;
      catalog.emitMessage(DRAIN + session.generation() + ":" + open.get());
    }
  }

  private void beat() throws SQLException {
    Optional<String> message = heartbeats.due(session.intent().spec().heartbeatPeriod());
    if (message.isPresent()) {
      catalog.emitMessage(message.get());
    }
  }

  private void follow() throws SQLException {
    CaptureSession.Intent intent = session.intent();
    if (!intent.spec().config().equals(config)) {
      LOG.info("The connection '{}' is reached differently now", session.connection());
      throw new ReconnectException();
    }
    try {
      tables.follow(intent.spec(), writer);
    } catch (SQLException e) {
      if (!isOvertaken(e)) {
        throw e;
      }
      LOG.info("A table changed while it was looked at: {}", e.getMessage());
      tables.lookAgain();
      return;
    }
    followed = intent;
  }

  /** Whether a table, a column or a schema was gone between two questions, or is being altered. */
  private static boolean isOvertaken(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.equals("42P01")
        || state.equals("42703")
        || state.equals("3F000")
        || state.equals("55006")
        || state.equals("55P03");
  }

  private void survey() throws SQLException {
    Map<String, Object> details = retained.measure(followed.spec().wal());
    session.metrics().setRetained(slot.name(), retained.bytes());
    session.metrics().setLag(Math.max(0, slot.writtenSince(writer.confirmed())));
    List<Problem> missing = missing();
    List<Problem> problems = new ArrayList<>(missing);
    problems.addAll(tables.refused().values());
    Map<String, Object> refused = new TreeMap<>();
    tables
        .refused()
        .forEach(
            (table, problem) ->
                refused.put(
                    table,
                    Map.of(
                        "state", "refused",
                        "code", problem.code().name(),
                        "reason", problem.message())));
    details.put("tables", refused);
    details.put(
        "prerequisites",
        missing.stream()
            .map(problem -> Map.of("code", problem.code().name(), "reason", problem.message()))
            .toList());
    details.put("orphans", orphans.look());
    session.report(CaptureStore.State.RUNNING, problems, details, followed.revision());
    retained.enforce(followed.spec().wal());
  }

  /** What a stream that is open does without, and the next one would not begin without. */
  private List<Problem> missing() throws SQLException {
    return catalog.mayReplicate()
        ? List.of()
        : List.of(PostgresPreflight.noReplicationRight(followed.spec()));
  }

  /** The run ends, so that the next one connects and streams as the document says now. */
  static final class ReconnectException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
