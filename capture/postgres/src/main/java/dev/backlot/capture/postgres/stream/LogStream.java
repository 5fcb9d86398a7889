package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The replication connection: feeds the {@link LogReader}, and confirms to the server what was
 * acknowledged. Only what {@link #confirm} was told is confirmed. For one thread, but for confirm.
 */
public final class LogStream implements AutoCloseable {
  private static final int CHECK_EVERY = 1_024;
  private static final long SHORT_WAIT_NANOS = 200_000;
  private static final long LONG_WAIT_NANOS = 2_000_000;
  private static final int SHORT_WAITS = 500;
  private static final long IDLE_ADVANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

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
   */
  public LogStream(
      SourceConnections connections,
      String slot,
      List<String> publications,
      LogReader.Shapes shapes,
      LogReader.Messages messages,
      OrderedWriter writer,
      EmittedTransactions emitted)
      throws SQLException {
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

  /** Streams until asked to stop. */
  public void run(BooleanSupplier stop) throws SQLException {
    PGReplicationStream stream =
        replication
            .unwrap(PGConnection.class)
            .getReplicationAPI()
            .replicationStream()
            .logical()
            .withSlotName(slot)
            .withSlotOption("proto_version", 1)
            .withSlotOption("publication_names", '"' + String.join("\",\"", publications) + '"')
            .withSlotOption("binary", "true")
            .withSlotOption("messages", "true")
            .withStatusInterval(5, TimeUnit.SECONDS)
            .withAutomaticFlush(false)
            .start();
    reader.stopWhen(stop);
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
