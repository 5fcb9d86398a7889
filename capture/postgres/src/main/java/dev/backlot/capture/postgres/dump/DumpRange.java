package dev.backlot.capture.postgres.dump;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys that one dump reads in order: the whole table, a part of it, or a list of keys.
 * Guarded by its dump.
 */
final class DumpRange {
  /** About how large a chunk becomes once its rows' size is known. */
  private static final long CHUNK_BYTES = 4L * 1024 * 1024;

  private static final int KEYS_PER_CHUNK = 1_000;

  /** The last key; null: to the table's end. */
  final @Nullable List<String> to;

  /** The keys that were asked for; null: all of the range. */
  final @Nullable List<List<String>> keys;

  /** The last key that was read; null before the first. */
  @Nullable List<String> readTo;

  /** The last key of what is finished; null before the first. */
  @Nullable List<String> finishedTo;

  int readKeys;
  int finishedKeys;
  boolean reading;
  boolean readToEnd;
  boolean done;

  /** Chunks that are being read, or that are not finished and noted. */
  int inFlight;

  private int keysPerChunk = KEYS_PER_CHUNK;
  private int affordable = Integer.MAX_VALUE;

  private DumpRange(
      @Nullable List<String> after,
      @Nullable List<String> to,
      boolean done,
      @Nullable List<List<String>> keys,
      int doneKeys) {
    this.to = to;
    this.keys = keys;
    this.readTo = after;
    this.finishedTo = after;
    this.readKeys = doneKeys;
    this.finishedKeys = doneKeys;
    this.done = done;
    this.readToEnd = done;
  }

  static DumpRange of(@Nullable List<String> after, @Nullable List<String> to, boolean done) {
    return new DumpRange(after, to, done, null, 0);
  }

  static DumpRange ofKeys(List<List<String>> keys, int doneKeys) {
    return new DumpRange(null, null, doneKeys >= keys.size(), keys, doneKeys);
  }

  /** Returns how many rows may be asked for, so that a chunk does not become too large. */
  int limit(int chunkRows) {
    return Math.max(1, Math.min(chunkRows, affordable));
  }

  /** Returns the keys to be read next. */
  List<List<String>> nextKeys(List<List<String>> all, int chunkRows) {
    int most = Math.max(1, Math.min(chunkRows, keysPerChunk));
    return all.subList(readKeys, Math.min(readKeys + most, all.size()));
  }

  /** Reads fewer keys at once from now on: so many were too large for one chunk. */
  void askForFewer(int keysThatWereTooMany) {
    keysPerChunk = Math.max(1, (keysThatWereTooMany + 1) / 2);
  }

  /** Takes note of what a chunk's rows weighed. */
  void weighed(int rows, long bytes, boolean cutShort) {
    if (rows > 0) {
      long each = Math.max(1, bytes / rows);
      affordable = (int) Math.max(1, Math.min(Integer.MAX_VALUE, CHUNK_BYTES / each));
    }
    if (cutShort) {
      affordable = Math.max(1, Math.min(affordable, rows));
    }
  }
}
