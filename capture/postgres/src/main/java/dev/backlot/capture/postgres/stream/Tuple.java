package dev.backlot.capture.postgres.stream;

/**
 * Where the columns of a TupleData stand in its message (PostgreSQL documentation, "Logical
 * Replication Message Formats"). Reused from message to message.
 */
final class Tuple {
  static final byte NULL = 'n';
  static final byte UNCHANGED = 'u';
  static final byte TEXT = 't';
  static final byte BINARY = 'b';

  byte[] bytes = new byte[0];
  int count;
  byte[] kinds = new byte[16];
  int[] offsets = new int[16];
  int[] lengths = new int[16];
  boolean hasUnchanged;

  /** Reads the tuple that begins at {@code at} and returns where it ends. */
  int parse(byte[] message, int at) {
    bytes = message;
    count = Bytes.int16(message, at);
    if (count > kinds.length) {
      kinds = new byte[count];
      offsets = new int[count];
      lengths = new int[count];
    }
    hasUnchanged = false;
    int next = at + 2;
    for (int i = 0; i < count; i++) {
      byte kind = message[next++];
      kinds[i] = kind;
      if (kind == BINARY || kind == TEXT) {
        int length = Bytes.int32(message, next);
        offsets[i] = next + 4;
        lengths[i] = length;
        next += 4 + length;
      } else if (kind == UNCHANGED) {
        hasUnchanged = true;
      }
    }
    return next;
  }
}
