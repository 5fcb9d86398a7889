package dev.backlot.capture.postgres;

import static java.util.Objects.requireNonNull;

import dev.backlot.capture.log.Fences;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.log.SourceTopics;
import dev.backlot.capture.postgres.audit.AuditRunner;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.dump.DumpRunner;
import dev.backlot.capture.postgres.keyless.KeylessDumps;
import dev.backlot.capture.postgres.stream.EmittedTransactions;
import dev.backlot.capture.postgres.stream.LogStream;
import dev.backlot.capture.postgres.stream.TableLogs;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.capture.worker.Sources;
import dev.backlot.event.Position;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a PostgreSQL connection's capture. Threads: the session's reads the log and writes
 * everything; one leads the dumps, whose chunks some more read, and one dumps tables without a key;
 * one reads for audits; one keeps the house (acknowledgements, progress, drains, changes of the
 * document).
 */
final class PostgresCapture {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresCapture.class);
  private static final String UNDEFINED_OBJECT = "42704";

  /** An answer may wait for the application's locks. */
  private static final int ANSWER_MILLIS = 300_000;

  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final String BACKLOG_BYTES = "backlot.capture.backlog_bytes";

  private final CaptureSession session;
  private final CaptureSession.Environment environment;
  private final String name;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean ending;

  PostgresCapture(CaptureSession session) {
    this.session = session;
    this.environment = session.environment();
    this.name = session.connection();
  }

  void run() throws Exception {
    session.report(CaptureStore.State.STARTING, List.of(), Map.of());
    List<Problem> blocking =
        PostgresPreflight.blocking(session.intent().spec(), environment.secrets());
    if (!blocking.isEmpty()) {
      throw new ProblemException(blocking);
    }
    SourceConnections connections =
        new SourceConnections(session.intent().spec().config(), environment.secrets());
    recaptureIfAsked(connections);
    String client = "backlot-capture-" + name + "-" + session.generation();
    KafkaProducer<byte[], byte[]> producer = environment.kafka().producer(client);
    try (Connection control = connections.open();
        KafkaConsumer<byte[], byte[]> consumer = environment.kafka().consumer(client);
        SourceTopics topics =
            new SourceTopics(
                environment.kafka().admin(client), environment.platform().replicationFactor());
        OrderedWriter writer =
            new OrderedWriter(producer, session::mayWrite, startPlace(), session.metrics())) {
      Sources sources = new Sources(environment.metadata(), environment.schemas(), topics);
      int controlSchemaId = sources.controlSchemaId();
      Fences fences = new Fences(producer, consumer, controlSchemaId, session.generation());
      Slot slot = new Slot(control, name);
      checkSlot(slot);
      InsertsPublication inserts = new InsertsPublication(session, control, slot, startPlace());
      CapturedTables tables =
          new CapturedTables(session, control, inserts, sources, topics, fences, controlSchemaId);
      takeOver(tables, topics, fences, writer);
      CaptureSession.Intent intent = session.intent();
      tables.follow(intent.spec(), writer);
      Housekeeper keeper =
          new Housekeeper(session, intent, writer, slot, tables, new Catalog(control));
      if (slot.status().isEmpty()) {
        LOG.info("Creating slot {}", slot.name());
        keeper.begin(slot.create());
      }
      slot.free();
      control.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      stream(connections, inserts.streamed(), sources, tables, writer, keeper);
    }
  }

  /** Leaves nothing of an earlier capture but the epochs of its Sources. */
  private void recaptureIfAsked(SourceConnections connections)
      throws SQLException, InterruptedException {
    CaptureStore captures = environment.metadata().captures();
    if (captures.recaptureRequested(name)) {
      LOG.info("The connection '{}' is captured anew", name);
      try (Connection control = connections.open()) {
        new Slot(control, name).drop();
        Publication.dropAll(control, name);
      }
      captures.beginRecapture(name);
    }
  }

  private void stream(
      SourceConnections connections,
      List<String> publications,
      Sources sources,
      CapturedTables tables,
      OrderedWriter writer,
      Housekeeper keeper)
      throws Exception {
    EmittedTransactions emitted = new EmittedTransactions();
    emitted.addAll(keeper.catalog().snapshot().inProgress());
    AtomicReference<DumpRunner> dumps = new AtomicReference<>();
    AtomicReference<KeylessDumps> keylessDumps = new AtomicReference<>();
    AtomicReference<AuditRunner> audits = new AtomicReference<>();
    String database = session.intent().spec().config().database();
    try (TableLogs logs =
            new TableLogs(
                connections,
                tables::byId,
                tables::changes,
                sources,
                environment.metadata(),
                database);
        LogStream stream =
            new LogStream(
                connections,
                Publication.name(name),
                publications,
                logs,
                (content, timeline, at, commitMicros) -> {
                  keeper.passed(content, new Position(timeline, at, 0), commitMicros);
                  requireNonNull(dumps.get()).passed(content, commitMicros);
                  requireNonNull(keylessDumps.get()).passed(content, timeline, at, commitMicros);
                  requireNonNull(audits.get()).passed(content, timeline, at, commitMicros);
                },
                writer,
                emitted,
                Long.getLong(BACKLOG_BYTES, 16L * 1024 * 1024))) {
      DumpRunner runner =
          new DumpRunner(
              session,
              connections,
              tables::bySource,
              sources::evolve,
              stream.reader(),
              writer,
              emitted);
      dumps.set(runner);
      KeylessDumps keyless =
          new KeylessDumps(
              session,
              connections,
              tables::bySource,
              sources::evolve,
              stream.reader(),
              writer,
              emitted,
              Integer.getInteger(DumpRunner.CHUNK_ROWS, DumpRunner.DEFAULT_CHUNK_ROWS));
      keylessDumps.set(keyless);
      AuditRunner auditing =
          new AuditRunner(session, connections, tables::bySource, stream.reader(), writer, emitted);
      audits.set(auditing);
      Thread dumping = start("dump", runner::run);
      Thread dumpingKeyless = start("dump-keyless", keyless::run);
      Thread reading = start("audit", auditing::run);
      Thread keeping = start("keep", () -> keeper.run(stream, emitted, this::shouldEnd));
      try {
        stream.run(this::shouldEnd);
      } catch (SQLException | RuntimeException e) {
        failure.compareAndSet(null, e);
      } finally {
        ending = true;
        dumping.interrupt();
        dumpingKeyless.interrupt();
        reading.interrupt();
        auditing.abort();
        end(connections, keeping, dumping, dumpingKeyless, reading);
        keeping.join();
        dumping.join();
        dumpingKeyless.join();
        reading.join();
        finish(keeper);
      }
    }
    rethrow();
  }

  /** Threads that wait for a server which is cut off would wait for hours. */
  private static void end(SourceConnections connections, Thread... threads)
      throws InterruptedException {
    long until = System.nanoTime() + GRACE_NANOS;
    for (Thread thread : threads) {
      thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
    }
    for (Thread thread : threads) {
      if (thread.isAlive()) {
        connections.abort();
        return;
      }
    }
  }

  private void finish(Housekeeper keeper) {
    if (failure.get() == null && session.mayWrite()) {
      try {
        keeper.finish();
      } catch (RuntimeException e) {
        LOG.debug("The next owner reads again what was written last", e);
      }
    }
  }

  private boolean shouldEnd() {
    return ending || failure.get() != null || session.stopRequested();
  }

  private void rethrow() throws Exception {
    Throwable cause = failure.get();
    if (cause instanceof Housekeeper.ReconnectException) {
      return;
    }
    if (cause instanceof OrderedWriter.WriterStoppedException && cause.getCause() != null) {
      throw new ProblemException(
          ProblemCode.KAFKA_UNREACHABLE,
          "Cannot capture connection '"
              + name
              + "': Kafka does not take its events ("
              + cause.getCause().getMessage()
              + "). It is tried again by itself.",
          cause);
    }
    if (cause instanceof SQLException e) {
      checkPublication(e);
      throw new ProblemException(
          ProblemCode.CONNECTION_UNREACHABLE,
          "Cannot capture connection '"
              + name
              + "': the database said: "
              + String.valueOf(e.getMessage()).replaceAll("[.\\s]+$", "")
              + ". It is tried again by itself.",
          e);
    }
    if (cause instanceof Exception e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
  }

  /**
   * Changes that happened while there was no publication can never be read, also once there is one
   * again.
   */
  private void checkPublication(SQLException failure) {
    if (!UNDEFINED_OBJECT.equals(failure.getSQLState())) {
      return;
    }
    SourceConnections connections =
        new SourceConnections(session.intent().spec().config(), environment.secrets());
    try (Connection control = connections.open()) {
      if (new Publication(control, name).tables().isPresent()) {
        throw publicationLost(name);
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  static ProblemException publicationLost(String connection) {
    return new ProblemException(
        ProblemCode.CONNECTION_PUBLICATION_LOST,
        "Cannot capture connection '"
            + connection
            + "': the publication "
            + Publication.name(connection)
            + " was dropped, and what changed until it was there again can't be read."
            + recaptureIt(connection));
  }

  private long startPlace() {
    return environment
        .metadata()
        .captures()
        .progress(name)
        .filter(progress -> !progress.position().isEmpty())
        .map(progress -> Position.parse(progress.position()).lsn())
        .orElse(0L);
  }

  /** The slot must still hold everything that was not acknowledged. */
  private void checkSlot(Slot slot) throws SQLException {
    long acknowledged = startPlace();
    Slot.Status status = slot.status().orElse(null);
    String next = recaptureIt(name);
    if (acknowledged > 0 && status == null) {
      boolean drops = session.intent().spec().wal().onLimit() == ConnectionSpec.OnLimit.DROP_SLOT;
      throw lost(
          "the replication slot "
              + slot.name()
              + " was dropped"
              + (drops ? ", by someone or since it retained more than wal.limit." : ".")
              + next);
    }
    if (status != null && status.lost()) {
      throw lost(
          "the server has given up the replication slot "
              + slot.name()
              + ", and log that it still needed is gone"
              + why(status.reason())
              + "."
              + next);
    }
    if (status != null && acknowledged > 0 && status.confirmed() > acknowledged) {
      throw lost(
          "the replication slot " + slot.name() + " was moved ahead by someone else." + next);
    }
  }

  private static String why(String reason) {
    return switch (reason) {
      case "" -> "";
      case "wal_removed" -> " (wal_removed: more was retained than max_slot_wal_keep_size)";
      case "idle_timeout" -> " (idle_timeout: nobody read for idle_replication_slot_timeout)";
      default -> " (" + reason + ")";
    };
  }

  private static String recaptureIt(String connection) {
    return " Run `./backlot recapture connection "
        + connection
        + "`: its tables are dumped into new topics then.";
  }

  private ProblemException lost(String cause) {
    return new ProblemException(
        ProblemCode.CONNECTION_SLOT_LOST, "Cannot capture connection '" + name + "': " + cause);
  }

  /** Fences the partitions of Sources that were begun earlier, and goes on with them. */
  private void takeOver(
      CapturedTables tables, SourceTopics topics, Fences fences, OrderedWriter writer)
      throws SQLException {
    CaptureStore captures = environment.metadata().captures();
    CaptureStore.Progress before =
        captures.progress(name).orElse(new CaptureStore.Progress(0, "", Map.of(), Map.of()));
    Map<TableId, SourceDescriptor> begun = tables.begun();
    Map<String, Integer> partitions = CapturedTables.topicsOf(begun);
    List<String> missing = topics.missing(partitions.keySet());
    if (!missing.isEmpty()) {
      throw dataLost("the topic " + missing.get(0) + " is gone");
    }
    Map<String, List<Long>> ends = topics.ends(partitions);
    checkEnds(before.offsets(), ends);
    Map<String, List<Long>> fenceFrom = before.fenceFrom().isEmpty() ? ends : before.fenceFrom();
    put(
        new CaptureStore.Progress(
            before.fencedGeneration(), before.position(), before.offsets(), fenceFrom));
    Map<String, Position[]> tails =
        fences.takeOver(partitions, before.fencedGeneration(), fenceFrom);
    put(
        new CaptureStore.Progress(
            session.generation(), before.position(), before.offsets(), Map.of()));
    tables.resume(begun, tails, writer);
  }

  private void put(CaptureStore.Progress progress) {
    if (!environment.metadata().captures().putProgress(name, session.generation(), progress)) {
      throw new IllegalStateException("The lease of connection '" + name + "' is another's");
    }
  }

  private void checkEnds(Map<String, List<Long>> acknowledged, Map<String, List<Long>> ends) {
    Map<String, List<Long>> known = new TreeMap<>(acknowledged);
    known.keySet().retainAll(ends.keySet());
    known.forEach(
        (topic, offsets) -> {
          List<Long> found = requireNonNull(ends.get(topic));
          for (int p = 0; p < offsets.size() && p < found.size(); p++) {
            if (found.get(p) < offsets.get(p)) {
              throw dataLost(
                  "partition "
                      + p
                      + " of topic "
                      + topic
                      + " ends at "
                      + found.get(p)
                      + ", before the acknowledged "
                      + offsets.get(p));
            }
          }
        });
  }

  private ProblemException dataLost(String cause) {
    return new ProblemException(
        ProblemCode.KAFKA_DATA_LOST,
        "Cannot capture connection '"
            + name
            + "': Kafka has lost data: "
            + cause
            + "."
            + recaptureIt(name));
  }

  private Thread start(String role, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                LOG.debug("Interrupted", e);
              } catch (Exception | Error e) {
                if (!ending) {
                  failure.compareAndSet(null, e);
                }
              }
            },
            "capture-" + name + "-" + role);
    thread.start();
    return thread;
  }

  private interface Task {
    void run() throws Exception;
  }
}
