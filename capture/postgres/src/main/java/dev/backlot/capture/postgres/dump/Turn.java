package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.dump.Visibility;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One chunk on its way: taken from the queue and read by a reader, then written by the thread that
 * reads the log, which alone uses what has no other note.
 */
final class Turn {
  final ActiveDump dump;
  final DumpRange range;

  /** The keys to be read, or null for all. */
  final @Nullable List<List<String>> keys;

  final int limit;

  /** The chunk's snapshot once it is read, before that an older one. Guarded by the dump. */
  Visibility snapshot;

  /** From its read until it is written. Set by the reader before the watermark is written. */
  volatile @Nullable Chunk chunk;

  /** What was read; guarded by the dump. */
  int rows;

  /** The last row's key, or null when nothing follows it. Guarded by the dump. */
  @Nullable List<String> lastKey;

  boolean isLast;

  long commitMicros;
  int next;
  int written;
  long bytes;

  Turn(
      ActiveDump dump,
      DumpRange range,
      @Nullable List<List<String>> keys,
      int limit,
      Visibility older) {
    this.dump = dump;
    this.range = range;
    this.keys = keys;
    this.limit = limit;
    this.snapshot = older;
  }
}
