package dev.backlot.capture.postgres.keyless;

import dev.backlot.capture.dump.Visibility;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a keyless table's log is written. Nothing is until its first dump has a snapshot, which
 * holds it all; from then on everything. While a dump looks for its snapshot, what the log tells is
 * kept in memory, so that what the snapshot does not see can be written behind it. For the thread
 * that reads the log.
 */
public final class KeylessFeed {
  /** What one table's dump may keep before it must look for another snapshot. */
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  private static final long BYTES_PER_CHANGE = 96;

  private final boolean tellsDeletes;
  private boolean writes;
  private boolean hasContent;
  private boolean recording;
  private boolean overflowed;
  private long recordedBytes;
  private long truncations;
  private final List<Change> changes = new ArrayList<>();
  private @Nullable Visibility seen;

  /**
   * A change that the log told.
   *
   * @param writer completes the rows
   * @param rows what {@link EnvelopeWriter#endRows} gave
   * @param flags of its header
   * @param transaction as the log numbers it
   */
  public record Change(
      EnvelopeWriter writer, byte[] rows, Op op, int flags, long transaction, long commitMicros) {}

  /**
   * Begins.
   *
   * @param tellsDeletes whether updates and deletes are told; otherwise only inserts are
   * @param writes whether a first dump has been done
   * @param hasContent whether anything may stand in the topic
   */
  public KeylessFeed(boolean tellsDeletes, boolean writes, boolean hasContent) {
    this.tellsDeletes = tellsDeletes;
    this.writes = writes;
    this.hasContent = hasContent;
  }

  /** Returns whether updates, deletes and truncations count; for any thread. */
  public boolean tellsDeletes() {
    return tellsDeletes;
  }

  /** Returns whether a change is neither written nor kept. */
  public boolean passesOver() {
    return !writes && !recording;
  }

  /** Returns whether changes are written. */
  public boolean writes() {
    return writes;
  }

  /** Returns whether changes are kept. */
  public boolean records() {
    return recording;
  }

  /** Keeps a change, unless the snapshot that was found sees it or there are too many. */
  public void record(Change change) {
    if (overflowed || (seen != null && seen.sees(change.transaction))) {
      return;
    }
    changes.add(change);
    recordedBytes += change.rows.length + BYTES_PER_CHANGE;
    if (recordedBytes > MOST_BYTES) {
      overflowed = true;
      changes.clear();
    }
  }

  /** Notes that the log told a truncation. */
  public void truncated() {
    truncations++;
  }

  /** Returns how many truncations were told so far. */
  long truncations() {
    return truncations;
  }

  /** Begins to keep what the log tells. */
  void startRecording() {
    stopRecording();
    recording = true;
  }

  /** Says that only what this snapshot does not see is asked for. */
  void onlyUnseenBy(Visibility snapshot) {
    seen = snapshot;
    changes.removeIf(change -> snapshot.sees(change.transaction));
  }

  /** Returns whether so much was told that it could not be kept. */
  boolean overflowed() {
    return overflowed;
  }

  /** Returns what was kept, in the order of the log. */
  List<Change> recorded() {
    return List.copyOf(changes);
  }

  /** Keeps nothing any more. */
  void stopRecording() {
    recording = false;
    overflowed = false;
    recordedBytes = 0;
    seen = null;
    changes.clear();
  }

  /** Returns whether a dump must first end what stands in the topic. */
  boolean hasContent() {
    return hasContent;
  }

  /** From here on everything is written. */
  void startWriting() {
    writes = true;
    hasContent = true;
  }
}
