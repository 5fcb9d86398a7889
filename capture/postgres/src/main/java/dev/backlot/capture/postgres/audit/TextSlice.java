package dev.backlot.capture.postgres.audit;

import java.nio.charset.StandardCharsets;

/** A part of an array that holds a text as UTF-8. Reused; for one thread. */
final class TextSlice {
  byte[] bytes = new byte[0];
  int from;
  int size;

  void set(byte[] newBytes, int newFrom, int newSize) {
    bytes = newBytes;
    from = newFrom;
    size = newSize;
  }

  void set(byte[] whole) {
    set(whole, 0, whole.length);
  }

  void set(String text) {
    set(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return new String(bytes, from, size, StandardCharsets.UTF_8);
  }
}
