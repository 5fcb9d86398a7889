package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.OffsetListener;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.stream.Noting;
import dev.backlot.event.Position;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A reading that waits until the log passes the watermark behind it. {@link #passed} is for the
 * thread that reads the log, the rest for the one that waits.
 */
final class PendingMark implements OffsetListener {
  private final CapturedTable table;
  private final Snapshot snapshot;
  private final Noting noting;
  private final AtomicLongArray offsets;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable Passed result;
  private volatile String refusal = "";

  /**
   * Where the watermark stood.
   *
   * @param moving keys that are not comparable there
   * @param allMoving whether no key is
   */
  record Passed(Position position, long commitMicros, Set<KeyBytes> moving, boolean allMoving) {}

  PendingMark(CapturedTable table, Snapshot snapshot, Noting noting) {
    this.table = table;
    this.snapshot = snapshot;
    this.noting = noting;
    this.offsets = new AtomicLongArray(table.partitions());
  }

  /** Judges touches and marks the place in every partition. */
  void passed(OrderedWriter writer, int timeline, long at, long commitMicros) {
    if (!noting.goesOn()) {
      return;
    }
    Touches touches = noting.touches();
    if (!table.stoppedReason().isEmpty()) {
      refusal = table.stoppedReason();
    } else if (touches.overflowed()) {
      refusal = "more of its keys changed while it was read than can be noted. Ask again";
    }
    if (!refusal.isEmpty()) {
      done.countDown();
      return;
    }
    Touches.Verdict verdict = touches.judgeComparable(snapshot);
    Position position = new Position(timeline, at, 0);
    result = new Passed(position, commitMicros, verdict.staleKeys(), verdict.allStale());
    table.channel().writeMark(position, commitMicros, this);
    writer.whenAcknowledged(done::countDown);
  }

  @Override
  public void written(int partition, long offset) {
    offsets.set(partition, offset);
  }

  /** Waits for a while. Returns whether the marks are acknowledged or it was refused. */
  boolean await(long millis) throws InterruptedException {
    return done.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Returns why there is no result, once done; empty when there is one. */
  String refusal() {
    return refusal;
  }

  /** Returns where the watermark stood, once done. */
  @Nullable Passed result() {
    return result;
  }

  /** Returns the marks' offsets, once done. */
  List<Long> offsets() {
    return IntStream.range(0, offsets.length()).mapToObj(offsets::get).toList();
  }
}
