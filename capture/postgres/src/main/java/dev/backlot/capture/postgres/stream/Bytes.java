package dev.backlot.capture.postgres.stream;

import java.nio.charset.StandardCharsets;

/** Integers and strings in network byte order. */
final class Bytes {
  private Bytes() {}

  static int int16(byte[] in, int at) {
    return ((in[at] & 0xff) << 8) | (in[at + 1] & 0xff);
  }

  static int int32(byte[] in, int at) {
    return (in[at] << 24)
        | ((in[at + 1] & 0xff) << 16)
        | ((in[at + 2] & 0xff) << 8)
        | (in[at + 3] & 0xff);
  }

  static long int64(byte[] in, int at) {
    return ((long) int32(in, at) << 32) | (int32(in, at + 4) & 0xffffffffL);
  }

  /** Returns where the zero byte after {@code at} stands. */
  static int stringEnd(byte[] in, int at) {
    int end = at;
    while (in[end] != 0) {
      end++;
    }
    return end;
  }

  static String text(byte[] in, int from, int to) {
    return new String(in, from, to - from, StandardCharsets.UTF_8);
  }
}
