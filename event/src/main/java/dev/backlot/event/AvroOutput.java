package dev.backlot.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of Avro's binary encoding (Avro 1.12 specification, "Binary Encoding"). For one
 * thread; reused from record to record.
 */
public final class AvroOutput {
  private byte[] buffer;
  private int size;

  /** Creates a buffer that fits small records at once. */
  public AvroOutput() {
    this(512);
  }

  /** Creates a buffer with room for {@code capacity} bytes at first. */
  public AvroOutput(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  /** Empties the buffer and keeps its room. */
  public void clear() {
    size = 0;
  }

  /** Returns how many bytes were written. */
  public int size() {
    return size;
  }

  /**
   * Returns the buffer itself, of which the first {@link #size} bytes count, until the next write.
   */
  public byte[] array() {
    return buffer;
  }

  /** Returns a copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** Forgets everything written since {@link #size} was {@code mark}. */
  public void rewind(int mark) {
    if (mark < 0 || mark > size) {
      throw new IllegalArgumentException("Cannot rewind from " + size + " to " + mark);
    }
    size = mark;
  }

  /** Makes room for {@code count} more bytes. */
  public void ensure(int count) {
    if (buffer.length - size < count) {
      long wanted = Math.max((long) size + count, buffer.length * 2L);
      if ((long) size + count > Integer.MAX_VALUE - 8) {
        throw new IllegalStateException("A record of more than 2 GiB");
      }
      buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }

  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /** Writes an int, date or union branch as a zigzag varint. */
  public void writeInt(int value) {
    ensure(5);
    int n = (value << 1) ^ (value >> 31);
    while ((n & ~0x7F) != 0) {
      buffer[size++] = (byte) (n | 0x80);
      n >>>= 7;
    }
    buffer[size++] = (byte) n;
  }

  /** Writes a long, time or timestamp as a zigzag varint. */
  public void writeLong(long value) {
    ensure(10);
    long n = (value << 1) ^ (value >> 63);
    while ((n & ~0x7FL) != 0) {
      buffer[size++] = (byte) (n | 0x80);
      n >>>= 7;
    }
    buffer[size++] = (byte) n;
  }

  /** Writes a float given as its IEEE 754 bits. */
  public void writeFloatBits(int bits) {
    ensure(4);
    for (int shift = 0; shift < 32; shift += 8) {
      buffer[size++] = (byte) (bits >>> shift);
    }
  }

  /** Writes a double given as its IEEE 754 bits. */
  public void writeDoubleBits(long bits) {
    ensure(8);
    for (int shift = 0; shift < 64; shift += 8) {
      buffer[size++] = (byte) (bits >>> shift);
    }
  }

  /** Writes bytes, a decimal's two's complement or UTF-8 text with its length in front. */
  public void writeBytes(byte[] source, int offset, int length) {
    writeLong(length);
    writeRaw(source, offset, length);
  }

  /** Writes text. */
  public void writeString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeBytes(utf8, 0, utf8.length);
  }

  /** Writes bytes without a length: a fixed, or a part encoded before. */
  public void writeRaw(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, buffer, size, length);
    size += length;
  }

  /** Writes one byte without encoding. */
  public void writeByte(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
  }

  /** Writes the null branch of a union whose first branch is null. */
  public void writeNull() {
    writeByte(0);
  }

  /** Writes the second branch's index of a union whose first branch is null; its value follows. */
  public void writePresent() {
    writeByte(2);
  }

  /** Begins a block of an array or map; {@link #endBlocks} follows the last one. */
  public void beginBlock(long items) {
    writeLong(items);
  }

  /** Ends an array or map. An empty one is just this. */
  public void endBlocks() {
    writeByte(0);
  }

  /** Writes a 32-bit integer in network byte order, as headers and frames have it. */
  void writeInt32(int value) {
    ensure(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
  }
}
