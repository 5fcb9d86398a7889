package dev.backlot.event;

import java.nio.ByteBuffer;

/**
 * The one Kafka header of every record, tombstones and control records included: 34 bytes in
 * network byte order, of which the first is the layout's version.
 *
 * @param flags sum of {@link #DUMP}, {@link #RESELECTED}, {@link #CONTROL} and {@link
 *     #WHOLE_BEFORE}
 * @param generation of the lease under which capture wrote the record
 * @param position of the change in its source's log
 * @param sourceMicros when the change was committed, or a dump row was read, in microseconds since
 *     1970 UTC
 */
public record EventHeader(int flags, long generation, Position position, long sourceMicros) {
  /** The header's name. */
  public static final String NAME = "backlot";

  /** The row was read from the table, not from the log. */
  public static final int DUMP = 1;

  /** A value that the log left out was read from the table and is present, not past, state. */
  public static final int RESELECTED = 2;

  /** The record is no change of a row: its key is a {@link ControlRecord}. */
  public static final int CONTROL = 4;

  /** The source told every column of the row as it was before the change. */
  public static final int WHOLE_BEFORE = 8;

  /** Bytes of the header. */
  public static final int SIZE = 34;

  private static final int VERSION = 1;

  /** Returns whether the record is a fence, a truncation or a mark. */
  public boolean isControl() {
    return (flags & CONTROL) != 0;
  }

  /** Returns whether the row was read from the table. */
  public boolean isDump() {
    return (flags & DUMP) != 0;
  }

  /** Returns whether the envelope has every column of the row as it was before the change. */
  public boolean hasWholeBefore() {
    return (flags & WHOLE_BEFORE) != 0;
  }

  /** Returns the header's bytes. */
  public byte[] encode() {
    byte[] bytes = new byte[SIZE];
    ByteBuffer.wrap(bytes)
        .put((byte) VERSION)
        .put((byte) flags)
        .putLong(generation)
        .putInt(position.timeline())
        .putLong(position.lsn())
        .putInt(position.ordinal())
        .putLong(sourceMicros);
    return bytes;
  }

  /**
   * Reads the header's bytes.
   *
   * @throws IllegalArgumentException when they are not of a version that this one reads
   */
  public static EventHeader decode(byte[] bytes) {
    if (bytes.length < SIZE || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "A header of " + bytes.length + " bytes is not of version " + VERSION);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    in.get();
    int flags = in.get();
    long generation = in.getLong();
    Position position = new Position(in.getInt(), in.getLong(), in.getInt());
    return new EventHeader(flags, generation, position, in.getLong());
  }
}
