package dev.backlot.event;

import java.nio.ByteBuffer;

/**
 * The second header of the records of a published Source: where in its one input partition the
 * record comes from or, in a fence or mark, up to where that was read. A published partition thus
 * says itself where its pipeline goes on. 30 bytes in network byte order, of which the first is the
 * layout's version.
 *
 * @param isMark whether every row that the input gave below {@code offset} stands before this
 *     record, or is in a letter
 * @param epoch of the input's topic
 * @param offset of the input record that the record comes from; of a mark, the next one to read
 * @param generation of a mark, the highest generation that a fence announced in the input below
 *     {@code offset}; otherwise 0
 * @param stampMicros the row's {@code _ts}, in microseconds since 1970 UTC; of a mark 0
 */
public record InputHeader(
    boolean isMark, int epoch, long offset, long generation, long stampMicros) {
  /** The header's name. */
  public static final String NAME = "backlot.input";

  private static final int SIZE = 30;
  private static final byte VERSION = 1;

  /** Returns the header of a row's record. */
  public static InputHeader row(int epoch, long offset, long stampMicros) {
    return new InputHeader(false, epoch, offset, 0, stampMicros);
  }

  /** Returns the header of a record that says up to where the input was read. */
  public static InputHeader mark(int epoch, long nextOffset, long generation) {
    return new InputHeader(true, epoch, nextOffset, generation, 0);
  }

  /** Returns the header's bytes. */
  public byte[] encode() {
    byte[] bytes = new byte[SIZE];
    ByteBuffer.wrap(bytes)
        .put(VERSION)
        .put((byte) (isMark ? 1 : 0))
        .putInt(epoch)
        .putLong(offset)
        .putLong(generation)
        .putLong(stampMicros);
    return bytes;
  }

  /**
   * Reads the header's bytes.
   *
   * @throws IllegalArgumentException when they are not of a version that this one reads
   */
  public static InputHeader decode(byte[] bytes) {
    if (bytes.length < SIZE || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "A header of " + bytes.length + " bytes is not of version " + VERSION);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    in.get();
    boolean mark = in.get() != 0;
    return new InputHeader(mark, in.getInt(), in.getLong(), in.getLong(), in.getLong());
  }
}
