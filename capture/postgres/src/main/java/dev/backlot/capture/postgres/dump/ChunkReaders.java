package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.type.SqlServerText;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.RowSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that read chunks, each over a connection of its own, which it gives back when there is
 * nothing to read for a while. For one thread, which starts and ends them.
 */
final class ChunkReaders {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkReaders.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final String connection;
  private final String watermark;
  private final SourceConnections connections;
  private final BiFunction<String, RowSchema, SourceDescriptor> register;
  private final String database;
  private final DumpQueue queue;
  private final ChunkWriter writer;
  private final AtomicLong watermarks = new AtomicLong();
  private final List<Reader> readers = new ArrayList<>();
  private volatile boolean ending;
  private volatile @Nullable Throwable failure;
  private long refusedUntil;
  private boolean refused;

  /**
   * Prepares.
   *
   * @param watermark how watermarks begin
   * @param register gives a Source's row schema ids
   */
  ChunkReaders(
      String connection,
      String watermark,
      SourceConnections connections,
      BiFunction<String, RowSchema, SourceDescriptor> register,
      String database,
      DumpQueue queue,
      ChunkWriter writer) {
    this.connection = connection;
    this.watermark = watermark;
    this.connections = connections;
    this.register = register;
    this.database = database;
    this.queue = queue;
    this.writer = writer;
  }

  /**
   * Lets so many read at once, or as many as the server has connections for.
   *
   * @param useful how many have something to read
   * @param most how many there may be
   * @throws SQLException when reading failed for another reason than what is read
   */
  void ensure(int useful, int most) throws SQLException {
    rethrow();
    readers.removeIf(reader -> !reader.thread.isAlive());
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).surplus = i >= most;
    }
    int wanted = Math.min(useful, most);
    while (readers.size() < wanted && !(refused && System.nanoTime() - refusedUntil < 0)) {
      SqlServerText server = new SqlServerText(connections::open);
      try {
        ChunkReader reader = new ChunkReader(connections, server, register, database);
        readers.add(new Reader(reader, server));
        refused = false;
      } catch (SQLException e) {
        if (readers.isEmpty() || !TOO_MANY_CONNECTIONS.equals(e.getSQLState())) {
          throw e;
        }
        LOG.warn(
            "Dumps of {} go on with {} readers: {}", connection, readers.size(), e.getMessage());
        refused = true;
        refusedUntil = System.nanoTime() + REFUSED_NANOS;
      }
    }
  }

  /** Ends them all, whatever they do. */
  void close() throws InterruptedException {
    ending = true;
    for (Reader reader : readers) {
      reader.chunks.abort();
      reader.thread.interrupt();
    }
    for (Reader reader : readers) {
      reader.thread.join();
    }
  }

  private void rethrow() throws SQLException {
    Throwable cause = failure;
    if (cause instanceof SQLException e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
  }

  /** One of them. */
  private final class Reader {
    final ChunkReader chunks;
    final SqlServerText server;
    final Thread thread;
    volatile boolean surplus;

    Reader(ChunkReader chunks, SqlServerText server) {
      this.chunks = chunks;
      this.server = server;
      this.thread = new Thread(this::run, "capture-" + connection + "-dump-reader");
      thread.start();
    }

    private void run() {
      long idleSince = System.nanoTime();
      try (server;
          chunks) {
        while (!ending && !surplus && System.nanoTime() - idleSince < IDLE_NANOS) {
          Optional<Turn> turn = queue.take(writer::hasRoom);
          if (turn.isPresent()) {
            read(turn.get());
            idleSince = System.nanoTime();
          }
        }
      } catch (InterruptedException e) {
        LOG.debug("Interrupted", e);
      } catch (SQLException | RuntimeException | Error e) {
        if (!ending) {
          failure = e;
        }
      }
    }

    private void read(Turn turn) throws SQLException {
      ActiveDump dump = turn.dump;
      try {
        Chunk chunk = chunks.read(dump.request(turn));
        if (!dump.read(turn, chunk, System.nanoTime())) {
          queue.changed();
          return;
        }
      } catch (ProblemException | IllegalArgumentException e) {
        dump.fail(String.valueOf(e.getMessage()));
        dump.giveBack(turn);
        return;
      } catch (SQLException e) {
        if (!isOfWhatIsRead(e)) {
          throw e;
        }
        dump.fail(String.valueOf(e.getMessage()));
        dump.giveBack(turn);
        return;
      }
      String content = watermark + dump.dump().id() + ":" + watermarks.incrementAndGet();
      writer.expect(content, turn);
      chunks.mark(content);
      queue.changed();
    }
  }

  /** A literal that its column's type refuses, a right that was taken away, and the like. */
  private static boolean isOfWhatIsRead(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("42"));
  }
}
