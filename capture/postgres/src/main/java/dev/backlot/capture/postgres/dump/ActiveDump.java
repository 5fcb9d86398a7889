package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.dump.Visibility;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.KeyRange;
import dev.backlot.metadata.DumpStore.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A dump under way: which chunks are next, which are in flight, and how far it is. Thread-safe, but
 * for {@link #touches}.
 */
final class ActiveDump {
  /** One that is read, one that is written, one that Kafka acknowledges. */
  private static final int CHUNKS_IN_FLIGHT = 3;

  private final Dump dump;
  private final CapturedTable table;
  private final Touches touches = new Touches();
  private final List<DumpRange> ranges = new ArrayList<>();
  private final Set<Turn> undecided = new LinkedHashSet<>();
  private final List<Turn> acknowledged = new ArrayList<>();
  private final RateWindow rate;
  private Visibility newestSnapshot = new Snapshot(0, 0, Set.of());
  private String keyTypes = "";
  private int nextRange;
  private int chunkRows = 1;
  private Duration delay = Duration.ZERO;
  private long notBefore;
  private boolean rests;
  private long writtenRows;
  private long readRows;
  private long bytes;
  private long chunks;
  private boolean retired;
  private volatile boolean dropped;
  private @Nullable String failure;

  ActiveDump(Dump dump, CapturedTable table, long now) {
    this.dump = dump;
    this.table = table;
    this.rate = new RateWindow(now);
    Progress before = dump.progress();
    this.writtenRows = before.writtenRows();
    this.readRows = before.readRows();
    this.bytes = before.bytes();
    this.chunks = before.chunks();
  }

  Dump dump() {
    return dump;
  }

  CapturedTable table() {
    return table;
  }

  /** Returns what the log touched; for the thread that reads the log. */
  Touches touches() {
    return touches;
  }

  boolean isKeyed() {
    return dump.keys().isPresent();
  }

  /**
   * Lets chunks be read.
   *
   * @param newRanges how the table is split
   * @param seen a snapshot that sees all that the log told before touches were noted
   */
  synchronized void begin(List<DumpRange> newRanges, String newKeyTypes, Visibility seen) {
    ranges.addAll(newRanges);
    keyTypes = newKeyTypes;
    newestSnapshot = seen;
  }

  /** Says how it is read from the next chunk on. */
  synchronized void set(int newChunkRows, Duration newDelay) {
    notBefore += newDelay.minus(delay).toNanos();
    chunkRows = newChunkRows;
    delay = newDelay;
  }

  /** Returns how many ranges can still be read. */
  synchronized int unread() {
    return retired ? 0 : (int) ranges.stream().filter(range -> !range.readToEnd).count();
  }

  /** Takes the next chunk to be read, if one may be read now. */
  synchronized Optional<Turn> take(long now) {
    if (retired || dropped || (rests && now - notBefore < 0)) {
      return Optional.empty();
    }
    for (int i = 0; i < ranges.size(); i++) {
      DumpRange range = ranges.get((nextRange + i) % ranges.size());
      if (!range.reading && !range.readToEnd && range.inFlight < CHUNKS_IN_FLIGHT) {
        nextRange = (nextRange + i + 1) % ranges.size();
        range.reading = true;
        range.inFlight++;
        List<List<String>> keys =
            range.keys == null ? null : List.copyOf(range.nextKeys(range.keys, chunkRows));
        int limit = keys == null ? range.limit(chunkRows) : keys.size() + 1;
        Turn turn = new Turn(this, range, keys, limit, newestSnapshot);
        undecided.add(turn);
        return Optional.of(turn);
      }
    }
    return Optional.empty();
  }

  /** Returns what is to be read in a turn. */
  synchronized ChunkReader.Request request(Turn turn) {
    DumpRange range = turn.range;
    return new ChunkReader.Request(
        table,
        dump.predicate(),
        turn.keys,
        turn.keys == null ? range.readTo : null,
        range.to,
        turn.limit);
  }

  /**
   * Takes a chunk that was read.
   *
   * @return whether it is to be written; else its keys are to be read again, fewer at once
   */
  synchronized boolean read(Turn turn, Chunk chunk, long now) {
    if (!chunk.keyTypes().equals(keyTypes)) {
      fail(
          "Cannot dump source '"
              + dump.source()
              + "': its key was "
              + keyTypes
              + " when the dump began and is "
              + chunk.keyTypes()
              + " now. Dump it anew.");
      giveBack(turn);
      return false;
    }
    DumpRange range = turn.range;
    range.reading = false;
    rests = !delay.isZero();
    notBefore = now + delay.toNanos();
    turn.snapshot = chunk.snapshot();
    newestSnapshot = chunk.snapshot();
    if (turn.keys != null) {
      if (!chunk.isLast() && turn.keys.size() > 1) {
        range.askForFewer(turn.keys.size());
        giveBack(turn);
        return false;
      }
      range.readKeys += turn.keys.size();
      range.readToEnd = range.readKeys == dump.keys().orElseThrow().size();
    } else {
      boolean cutShort = !chunk.isLast() && chunk.rows().size() < turn.limit;
      range.weighed(chunk.rows().size(), chunk.bytes(), cutShort);
      range.readTo = chunk.lastKey();
      range.readToEnd = chunk.isLast();
    }
    turn.chunk = chunk;
    turn.rows = chunk.keys().size() + chunk.gone().size();
    turn.lastKey = chunk.lastKey();
    turn.isLast = chunk.isLast();
    return true;
  }

  /** Ends a turn that gave nothing to write. */
  synchronized void giveBack(Turn turn) {
    undecided.remove(turn);
    turn.range.reading = false;
    turn.range.inFlight--;
  }

  /** Returns the snapshots of all chunks that are not written yet, or older ones. */
  synchronized List<Visibility> undecided() {
    return undecided.stream().map(turn -> turn.snapshot).toList();
  }

  /** Nothing of a chunk is to be written any more. */
  synchronized void written(Turn turn) {
    undecided.remove(turn);
    turn.chunk = null;
  }

  /** Kafka has acknowledged a chunk; {@link #takeProgress} notes it. */
  synchronized void acknowledged(Turn turn, long now) {
    acknowledged.add(turn);
    writtenRows += turn.written;
    readRows += turn.rows;
    bytes += turn.bytes;
    chunks++;
    rate.add(now, turn.rows);
    DumpRange range = turn.range;
    if (turn.keys != null) {
      range.finishedKeys += turn.keys.size();
      range.done = range.finishedKeys == dump.keys().orElseThrow().size();
      return;
    }
    if (turn.lastKey != null) {
      range.finishedTo = turn.lastKey;
    }
    range.done |= turn.isLast;
  }

  /** Returns the progress to be noted, unless nothing was acknowledged since the last time. */
  synchronized Optional<Progress> takeProgress() {
    if (acknowledged.isEmpty()) {
      return Optional.empty();
    }
    acknowledged.forEach(turn -> turn.range.inFlight--);
    acknowledged.clear();
    return Optional.of(progress());
  }

  /** Returns how far it is. */
  synchronized Progress progress() {
    boolean split = ranges.size() > 1;
    DumpRange first = ranges.isEmpty() ? null : ranges.get(0);
    Optional<List<String>> lastKey =
        split || first == null ? Optional.empty() : Optional.ofNullable(first.finishedTo);
    return new Progress(
        split
            ? ranges.stream().map(r -> new KeyRange(r.finishedTo, r.to, r.done)).toList()
            : List.of(),
        lastKey,
        first == null ? 0 : first.finishedKeys,
        writtenRows,
        readRows,
        bytes,
        chunks,
        rate.rows(),
        rate.millis());
  }

  /** Reads no more, but finishes what is in flight: it is paused, or is to end. */
  synchronized void retire() {
    retired = true;
  }

  synchronized boolean isRetired() {
    return retired;
  }

  /** Writes no more either. */
  synchronized void drop() {
    retired = true;
    dropped = true;
  }

  boolean isDropped() {
    return dropped;
  }

  /** Ends it for a reason that somebody has to read; the first counts. */
  synchronized void fail(String reason) {
    if (failure == null) {
      failure = reason;
    }
    drop();
  }

  synchronized Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** Returns whether every chunk is read, acknowledged and noted. */
  synchronized boolean isDone() {
    return ranges.stream().allMatch(range -> range.done && range.inFlight == 0);
  }

  /** Returns whether no chunk is in flight. */
  synchronized boolean isAtRest() {
    return ranges.stream().allMatch(range -> range.inFlight == 0);
  }

  /**
   * Lets touches be forgotten that no chunk will ask for.
   *
   * @param now a snapshot taken before this call
   */
  synchronized List<Visibility> forgettable(Visibility now) {
    if (undecided.isEmpty()) {
      newestSnapshot = now;
      return List.of(now);
    }
    return undecided();
  }
}
