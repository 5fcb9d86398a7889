package dev.backlot.event;

import java.nio.charset.StandardCharsets;

/** Reads Avro's binary encoding from a byte array. For one thread; reused from record to record. */
public final class AvroInput {
  private byte[] buffer = new byte[0];
  private int position;
  private int limit;

  /** Reads {@code bytes} from {@code start} up to {@code end} from now on. */
  public void reset(byte[] bytes, int start, int end) {
    if (start < 0 || end > bytes.length || start > end) {
      throw new IndexOutOfBoundsException(start + " to " + end + " of " + bytes.length);
    }
    buffer = bytes;
    position = start;
    limit = end;
  }

  /** Returns the array that is read. */
  public byte[] array() {
    return buffer;
  }

  /** Returns where the next byte stands. */
  public int position() {
    return position;
  }

  /** Returns whether everything was read. */
  public boolean atEnd() {
    return position == limit;
  }

  /** Moves past {@code count} bytes. */
  public void skip(int count) {
    if (count < 0 || count > limit - position) {
      throw new IndexOutOfBoundsException("A record ends " + count + " bytes early");
    }
    position += count;
  }

  public boolean readBoolean() {
    return readByte() != 0;
  }

  public int readInt() {
    return (int) readLong();
  }

  /** Reads a zigzag varint. */
  public long readLong() {
    long n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = readByte();
      n |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return (n >>> 1) ^ -(n & 1);
      }
    }
    throw new IndexOutOfBoundsException("A varint of more than ten bytes");
  }

  public float readFloat() {
    int at = position;
    skip(4);
    return Float.intBitsToFloat(
        (buffer[at] & 0xFF)
            | (buffer[at + 1] & 0xFF) << 8
            | (buffer[at + 2] & 0xFF) << 16
            | (buffer[at + 3] & 0xFF) << 24);
  }

  public double readDouble() {
    int at = position;
    skip(8);
    long bits = 0;
    for (int i = 7; i >= 0; i--) {
      bits = bits << 8 | (buffer[at + i] & 0xFF);
    }
    return Double.longBitsToDouble(bits);
  }

  /**
   * Reads the length before bytes or text, and checks that so many follow; the caller takes them at
   * {@link #position} and skips them.
   */
  public int readLength() {
    long length = readLong();
    if (length < 0 || length > limit - position) {
      throw new IndexOutOfBoundsException("A length of " + length + " bytes runs past the record");
    }
    return (int) length;
  }

  /** Reads text. */
  public String readString() {
    int length = readLength();
    String text = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  /** Returns whether the second branch of a union with null follows; its value is next. */
  public boolean readPresent() {
    long branch = readLong();
    if (branch != 0 && branch != 1) {
      throw new IndexOutOfBoundsException("No branch " + branch);
    }
    return branch == 1;
  }

  /**
   * Reads the item count of the next block of an array or map, zero at its end. A block's size in
   * bytes is read over.
   */
  public long readBlock() {
    long items = readLong();
    if (items < 0) {
      readLong();
      return -items;
    }
    return items;
  }

  private byte readByte() {
    if (position >= limit) {
      throw new IndexOutOfBoundsException("A record ends early");
    }
    return buffer[position++];
  }
}
