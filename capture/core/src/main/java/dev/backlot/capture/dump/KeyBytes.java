package dev.backlot.capture.dump;

import java.util.Arrays;

/** A record key's Avro body with value equality. Holds the array, which must not change. */
public final class KeyBytes {
  private final byte[] bytes;
  private final int from;
  private final int hash;

  /**
   * Wraps an array without copying it.
   *
   * @param from where the body begins: behind a frame, whose schema id does not count
   */
  public KeyBytes(byte[] bytes, int from) {
    this.bytes = bytes;
    this.from = from;
    int h = 1;
    for (int i = from; i < bytes.length; i++) {
      h = 31 * h + bytes[i];
    }
    this.hash = h;
  }

  /** Returns the array that was wrapped, frame included; it must not change. */
  public byte[] framed() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyBytes that
        && hash == that.hash
        && Arrays.equals(bytes, from, bytes.length, that.bytes, that.from, that.bytes.length);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
