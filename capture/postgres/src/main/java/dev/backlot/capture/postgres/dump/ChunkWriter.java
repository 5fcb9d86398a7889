package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.metrics.CaptureMetrics;
import dev.backlot.capture.postgres.stream.LogReader;
import dev.backlot.event.Confluent;
import dev.backlot.event.Op;
import dev.backlot.event.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Writes chunks once the log has passed their watermarks, a few rows at a time between the log's
 * transactions, so that no change waits for a whole chunk.
 *
 * <p>A row is decided over when it is written: touches are noted until then, so that a change which
 * the log told behind the watermark counts too. Rows get the place of the transaction that was
 * written last, so that positions only grow in a partition.
 *
 * <p>For the thread that reads the log, but for {@link #expect}, {@link #forget} and {@link
 * #hasRoom}.
 */
final class ChunkWriter implements LogReader.Beside {
  private static final long SLICE_NANOS = 4_000_000;
  private static final long SLICE_BYTES = 512L * 1024;
  private static final int ROWS_PER_LOOK = 32;

  /** What Kafka has not acknowledged of dumps stays below this: live changes queue behind it. */
  private static final long MOST_UNACKNOWLEDGED = 8L * 1024 * 1024;

  /** Chunks that are read and not written stay below this, with what a row costs in memory. */
  private static final long MOST_HELD = 24L * 1024 * 1024;

  private static final int BYTES_PER_ROW = 100;

  private final OrderedWriter writer;
  private final CaptureMetrics metrics;
  private final Consumer<Turn> acknowledged;
  private final Map<String, Turn> expected = new ConcurrentHashMap<>();
  private final Deque<Turn> passedOfKeys = new ArrayDeque<>();
  private final Deque<Turn> passed = new ArrayDeque<>();
  private final AtomicLong unacknowledged = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private long lastLsn = -1;
  private int lastOrdinal;
  private long notBefore;

  /**
   * Writes with this writer.
   *
   * @param acknowledged hears of chunks that Kafka has, by the thread that notes acknowledgements
   */
  ChunkWriter(OrderedWriter writer, CaptureMetrics metrics, Consumer<Turn> acknowledged) {
    this.writer = writer;
    this.metrics = metrics;
    this.acknowledged = acknowledged;
  }

  /** Returns whether more may be read. */
  boolean hasRoom() {
    return held.get() < MOST_HELD;
  }

  /** Keeps a chunk until the log passes this watermark, which is not written yet. */
  void expect(String watermark, Turn turn) {
    held.addAndGet(size(turn));
    expected.put(watermark, turn);
  }

  /** Forgets the chunks of a dump whose watermarks were not passed. */
  void forget(ActiveDump dump) {
    for (String watermark : expected.keySet()) {
      expected.computeIfPresent(
          watermark,
          (key, turn) -> {
            if (turn.dump != dump) {
              return turn;
            }
            held.addAndGet(-size(turn));
            return null;
          });
    }
  }

  private static long size(Turn turn) {
    Chunk chunk = turn.chunk;
    return chunk == null ? 0 : chunk.bytes() + (long) BYTES_PER_ROW * chunk.rows().size();
  }

  /** The log has passed a watermark. */
  void passed(String watermark, long commitMicros) {
    Turn turn = expected.remove(watermark);
    if (turn == null) {
      return;
    }
    turn.commitMicros = commitMicros;
    (turn.dump.isKeyed() ? passedOfKeys : passed).addLast(turn);
  }

  @Override
  public boolean waits() {
    return !passed.isEmpty() || !passedOfKeys.isEmpty();
  }

  @Override
  public boolean write(int timeline, long lsn, int nextOrdinal, boolean idle) {
    long begun = System.nanoTime();
    if (unacknowledged.get() > MOST_UNACKNOWLEDGED || (!idle && begun - notBefore < 0)) {
      return false;
    }
    if (lsn != lastLsn) {
      lastLsn = lsn;
      lastOrdinal = nextOrdinal;
    }
    Slice slice = new Slice(timeline, begun);
    while (waits() && slice.hasRoom()) {
      Deque<Turn> from = passedOfKeys.isEmpty() ? passed : passedOfKeys;
      Turn turn = from.getFirst();
      if (slice.write(turn)) {
        from.removeFirst();
        slice.end(turn);
      }
    }
    slice.end();
    long ended = System.nanoTime();
    notBefore = ended + (ended - begun);
    return waits() && unacknowledged.get() <= MOST_UNACKNOWLEDGED;
  }

  /** What is written at one place of the log. */
  private final class Slice {
    private final int timeline;
    private final long begun;
    private final long now = System.currentTimeMillis() * 1_000;
    private long bytes;
    private int rows;

    Slice(int timeline, long begun) {
      this.timeline = timeline;
      this.begun = begun;
    }

    boolean hasRoom() {
      return bytes < SLICE_BYTES
          && (rows % ROWS_PER_LOOK != 0 || System.nanoTime() - begun < SLICE_NANOS);
    }

    /** Writes rows of a chunk. Returns whether it is written to its end. */
    boolean write(Turn turn) {
      Chunk chunk = turn.chunk;
      String stopped = turn.dump.table().stoppedReason();
      if (!stopped.isEmpty()) {
        turn.dump.fail(stopped);
      }
      if (chunk == null || turn.dump.isDropped()) {
        return true;
      }
      Touches.Verdict verdict = turn.dump.touches().judge(chunk.snapshot(), turn.dump.undecided());
      boolean allFresh = verdict.allFresh();
      int count = chunk.keys().size();
      int all = count + chunk.gone().size();
      int writtenBefore = turn.written;
      while (turn.next < all) {
        int index = turn.next++;
        rows++;
        if (index < count) {
          byte[] key = chunk.keys().get(index);
          if (allFresh || !verdict.isStale(new KeyBytes(key, Confluent.FRAME))) {
            row(turn, chunk, key, chunk.rows().get(index));
          }
        } else {
          Chunk.Gone gone = chunk.gone().get(index - count);
          if (!verdict.isStale(new KeyBytes(gone.key(), Confluent.FRAME))) {
            delete(turn, chunk, gone);
          }
        }
        if (!hasRoom()) {
          break;
        }
      }
      metrics.dumped(turn.dump.dump().source(), turn.written - writtenBefore);
      return turn.next >= all;
    }

    private void row(Turn turn, Chunk chunk, byte[] key, byte[] row) {
      Position position = new Position(timeline, lastLsn, lastOrdinal++);
      byte[] value =
          chunk.completer().complete(row, Op.READ, now, position, null, turn.commitMicros);
      chunk.table().channel().writeDumpRow(key, value, position, turn.commitMicros);
      count(turn, key.length + value.length);
    }

    private void delete(Turn turn, Chunk chunk, Chunk.Gone gone) {
      Position position = new Position(timeline, lastLsn, lastOrdinal);
      lastOrdinal += 2;
      byte[] value =
          chunk.completer().complete(gone.row(), Op.DELETE, now, position, null, turn.commitMicros);
      chunk.table().channel().writeDumpDelete(gone.key(), value, position, turn.commitMicros);
      count(turn, gone.key().length + value.length);
    }

    private void count(Turn turn, int size) {
      turn.written++;
      turn.bytes += size;
      bytes += size;
    }

    void end(Turn turn) {
      held.addAndGet(-size(turn));
      turn.dump.written(turn);
      if (!turn.dump.isDropped()) {
        writer.whenAcknowledged(() -> acknowledged.accept(turn));
      }
    }

    void end() {
      long sent = bytes;
      if (sent > 0) {
        unacknowledged.addAndGet(sent);
        writer.whenAcknowledged(() -> unacknowledged.addAndGet(-sent));
      }
    }
  }
}
