package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replication connection: feeds the {@link LogReader}, and confirms to the server what was
 * acknowledged. Only what {@link #confirm} was told is confirmed. For one thread, but for confirm.
 */
public final class LogStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);
  private static final int CHECK_EVERY = 1_024;
  private static final long SHORT_WAIT_NANOS = 200_000;
  private static final long LONG_WAIT_NANOS = 2_000_000;
  private static final int SHORT_WAITS = 500;
  private static final long BACKLOG_WAIT_MILLIS = 1;
  private static final long IDLE_ADVANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final SourceConnections connections;
  private final long backlogBytes;
  private final Connection replication;
  private final Reselector reselector;
  private final Silence silence;
  private final Timelines timelines;
  private final String slot;
  private final List<String> publications;
  private final OrderedWriter writer;
  private final LogReader reader;
  private volatile long toConfirm;
  private long confirmed;
  private long lastAdvance;

  /**
   * Connects, but does not stream yet.
   *
   * @param publications whose tables are told
   * @param backlogBytes a log that is longer is not streamed but queried first
   */
  public LogStream(
      SourceConnections connections,
      String slot,
      List<String> publications,
      LogReader.Shapes shapes,
      LogReader.Messages messages,
      OrderedWriter writer,
      EmittedTransactions emitted,
      long backlogBytes)
      throws SQLException {
    this.connections = connections;
    this.backlogBytes = backlogBytes;
    this.slot = slot;
    this.publications = List.copyOf(publications);
    this.writer = writer;
    try (Connection asking = connections.open()) {
      this.silence = Silence.allowedBy(asking);
    }
    this.reselector = new Reselector(connections::open);
    try {
      this.replication = connections.openReplication(writer::push, silence::broken);
    } catch (SQLException e) {
      reselector.close();
      throw e;
    }
    try {
      this.timelines = Timelines.of(replication);
    } catch (SQLException e) {
      close();
      throw e;
    }
    this.reader = new LogReader(timelines, shapes, messages, writer, emitted, reselector);
  }

  /** Returns the reader. */
  public LogReader reader() {
    return reader;
  }

  /** Returns the server's present timeline. */
  public int timeline() {
    return timelines.current();
  }

  /** Lets the server forget the log up to this place. For any thread. */
  public void confirm(long place) {
    toConfirm = place;
  }

  /** Streams until asked to stop; a long backlog is read by queries before. */
  public void run(BooleanSupplier stop) throws SQLException, InterruptedException {
    reader.stopWhen(stop);
    boolean ahead = readBacklog(stop);
    if (stop.getAsBoolean()) {
      return;
    }
    ChainedLogicalStreamBuilder builder =
        replication
            .unwrap(PGConnection.class)
            .getReplicationAPI()
            .replicationStream()
            .logical()
            .withSlotName(slot)
            .withStatusInterval(5, TimeUnit.SECONDS)
            .withAutomaticFlush(false);
    options().forEach(builder::withSlotOption);
    if (ahead) {
      // The slot itself stays behind until Kafka has acknowledged.
      builder.withStartPosition(LogSequenceNumber.valueOf(writer.lastBoundary()));
    }
    PGReplicationStream stream = builder.start();
    int waits = 0;
    int taken = 0;
    while (!stop.getAsBoolean()) {
      ByteBuffer message = stream.readPending();
      if (message == null) {
        // An encrypted stream waits without telling its socket.
        writer.push();
        boolean busy = reader.idle();
        idle(stream);
        confirmTo(stream);
        silence.check(stream);
        if (busy) {
          waits = 0;
          continue;
        }
        waits++;
        LockSupport.parkNanos(waits < SHORT_WAITS ? SHORT_WAIT_NANOS : LONG_WAIT_NANOS);
        continue;
      }
      waits = 0;
      reader.take(message.array(), message.arrayOffset() + message.position());
      if (++taken % CHECK_EVERY == 0) {
        writer.check();
        confirmTo(stream);
      }
    }
  }

  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("proto_version", "1");
    options.put("publication_names", '"' + String.join("\",\"", publications) + '"');
    options.put("binary", "true");
    options.put("messages", "true");
    return options;
  }

  /** Returns whether anything was read, which the stream must then leave out. */
  private boolean readBacklog(BooleanSupplier stop) throws SQLException, InterruptedException {
    long before = writer.lastBoundary();
    Backlog opened = Backlog.open(connections, slot, options(), backlogBytes).orElse(null);
    if (opened == null) {
      return false;
    }
    try (opened) {
      boolean goesOn = true;
      while (goesOn && !stop.getAsBoolean()) {
        Backlog.Part part = opened.next(BACKLOG_WAIT_MILLIS);
        if (part instanceof Backlog.Messages messages) {
          take(messages);
          writer.check();
          opened.confirm(toConfirm);
        } else if (part == null) {
          reader.idle();
          writer.push();
          writer.roll();
          writer.check();
        } else {
          goesOn = false;
          reader.idle();
          if (part instanceof Backlog.Failed failed && !mayStream(failed)) {
            throw failed.cause();
          }
        }
      }
    }
    return writer.lastBoundary() > before;
  }

  private void take(Backlog.Messages messages) throws SQLException {
    if (messages.opens()) {
      reader.shapesAreToldAgain();
    }
    for (int i = 0; i < messages.bytes().length; i++) {
      reader.take(messages.bytes()[i], messages.from()[i]);
    }
  }

  /** What the queries could not tell, the stream can, unless the half of a transaction was told. */
  private boolean mayStream(Backlog.Failed failed) {
    if (failed.amidTransactions() || !reader.isBetweenTransactions()) {
      return false;
    }
    LOG.info("The rest of the backlog is streamed: {}", failed.cause().getMessage());
    return true;
  }

  /** Confirms a last time; the stream is closed thereafter. */
  private void confirmTo(PGReplicationStream stream) throws SQLException {
    long place = toConfirm;
    if (place > confirmed) {
      LogSequenceNumber number = LogSequenceNumber.valueOf(place);
      stream.setFlushedLSN(number);
      stream.setAppliedLSN(number);
      stream.forceUpdateStatus();
      confirmed = place;
    }
  }

  /** Follows the server's place when nothing of ours happens, so that its log is not retained. */
  private void idle(PGReplicationStream stream) {
    long now = System.nanoTime();
    if (reader.isBetweenTransactions() && now - lastAdvance > IDLE_ADVANCE_NANOS) {
      lastAdvance = now;
      long received = stream.getLastReceiveLSN().asLong();
      if (received > writer.lastBoundary()) {
        writer.boundary(received);
      }
    }
    writer.roll();
  }

  @Override
  public void close() {
    // Closing politely would first read everything that the server has still to tell.
    try {
      replication.abort(Runnable::run);
      reselector.close();
    } catch (SQLException e) {
      // They are gone already.
    }
  }
}
