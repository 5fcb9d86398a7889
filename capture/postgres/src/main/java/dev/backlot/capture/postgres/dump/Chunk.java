package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.event.EnvelopeWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one key range, read in one snapshot and encoded but for their position, waiting for the
 * log to pass the watermark written after them.
 *
 * @param keys framed, in key order
 * @param rows heads of envelopes, as {@link EnvelopeWriter#endRows} gives them
 * @param completer adds the tails; for the thread that reads the log
 * @param lastKey the last row's key as text; null when there was no row
 * @param isLast whether no row follows in the table
 * @param gone of the keys that were asked for, those that the table does not have
 * @param keyTypes the key's columns and types
 * @param bytes of all rows
 */
record Chunk(
    CapturedTable table,
    Snapshot snapshot,
    List<byte[]> keys,
    List<byte[]> rows,
    EnvelopeWriter completer,
    @Nullable List<String> lastKey,
    boolean isLast,
    List<Gone> gone,
    String keyTypes,
    long bytes) {
  /**
   * A key that the table does not have.
   *
   * @param key framed
   * @param row head of an envelope that tells the key's columns as they were
   */
  record Gone(byte[] key, byte[] row) {}
}
