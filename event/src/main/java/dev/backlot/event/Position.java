package dev.backlot.event;

import java.nio.charset.StandardCharsets;

/**
 * The place of a change in its source's log. Ordered by timeline, then log sequence number, then
 * ordinal; the text form sorts likewise.
 *
 * @param timeline grows when a standby is promoted
 * @param lsn of the transaction's commit (for a dump row, of the high watermark); unsigned
 * @param ordinal of the change in its transaction (for a dump row, its index in the chunk)
 */
public record Position(int timeline, long lsn, int ordinal) implements Comparable<Position> {
  /** Before every change. */
  public static final Position START = new Position(0, 0, 0);

  /** Length of the text form. */
  static final int TEXT_LENGTH = 34;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  /** Reads the text form. */
  public static Position parse(String text) {
    if (text.length() != TEXT_LENGTH || text.charAt(8) != '/' || text.charAt(25) != '/') {
      throw new IllegalArgumentException("No position '" + text + "'");
    }
    return new Position(
        Integer.parseUnsignedInt(text, 0, 8, 16),
        Long.parseUnsignedLong(text, 9, 25, 16),
        Integer.parseUnsignedInt(text, 26, 34, 16));
  }

  @Override
  public int compareTo(Position other) {
    int byTimeline = Integer.compareUnsigned(timeline, other.timeline);
    if (byTimeline != 0) {
      return byTimeline;
    }
    int byLsn = Long.compareUnsigned(lsn, other.lsn);
    return byLsn != 0 ? byLsn : Integer.compareUnsigned(ordinal, other.ordinal);
  }

  /** Returns {@code timeline/lsn/ordinal} in upper-case hexadecimal of fixed width. */
  @Override
  public String toString() {
    return new String(text(), StandardCharsets.US_ASCII);
  }

  /** Returns the text form's bytes. */
  public byte[] text() {
    byte[] text = new byte[TEXT_LENGTH];
    hex(timeline & 0xFFFFFFFFL, text, 0, 8);
    text[8] = '/';
    hex(lsn, text, 9, 16);
    text[25] = '/';
    hex(ordinal & 0xFFFFFFFFL, text, 26, 8);
    return text;
  }

  private static void hex(long value, byte[] out, int at, int digits) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = HEX[(int) (rest & 0xF)];
      rest >>>= 4;
    }
  }
}
