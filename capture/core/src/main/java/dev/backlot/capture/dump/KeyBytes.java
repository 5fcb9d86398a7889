package dev.backlot.capture.dump;

import java.util.Arrays;

/** A record key's bytes with value equality. Holds the array, which must not change. */
public final class KeyBytes {
  private final byte[] bytes;
  private final int hash;

  /** Wraps the array without copying it. */
  public KeyBytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyBytes that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
