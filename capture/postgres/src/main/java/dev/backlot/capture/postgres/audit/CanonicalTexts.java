package dev.backlot.capture.postgres.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.backlot.schema.FieldType;
import dev.backlot.schema.canonical.Canonical;

/**
 * Makes canonical texts of what PostgreSQL's output functions print under the session's settings,
 * by no code that capture's codecs share: an audit must notice when they are wrong.
 */
final class CanonicalTexts {
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final String BEYOND_TIMESTAMPS = "294247-01-10 04:00:54.775807";

  private CanonicalTexts() {}

  /**
   * Returns how values of a type are written.
   *
   * @param delimiter between an array's elements
   */
  static CanonicalText of(FieldType type, char delimiter) {
    if (type instanceof FieldType.Decimal) {
      return CanonicalTexts::decimal;
    }
    if (type instanceof FieldType.ArrayOf array) {
      return new ArrayText(of(array.element(), delimiter), delimiter);
    }
    if (type instanceof FieldType.Text text) {
      return text.kind() == FieldType.TextKind.NUMERIC
          ? CanonicalTexts::number
          : CanonicalTexts::same;
    }
    return switch ((FieldType.Simple) type) {
      case BOOLEAN -> CanonicalTexts::bool;
      case INT, LONG, UUID, DATE, TIME, TEXT_MAP -> CanonicalTexts::same;
      case FLOAT -> CanonicalTexts::floating;
      case DOUBLE -> CanonicalTexts::doubled;
      case BYTES -> CanonicalTexts::bytes;
      case TIMESTAMP, TIMESTAMPTZ -> CanonicalTexts::timestamp;
      case INTERVAL -> CanonicalTexts::interval;
    };
  }

  private static boolean same(byte[] in, int from, int size, TextSlice out) {
    out.set(in, from, size);
    return true;
  }

  private static boolean bool(byte[] in, int from, int size, TextSlice out) {
    out.set(in[from] == 't' ? TRUE : FALSE);
    return true;
  }

  /** Behind {@code \x}. */
  private static boolean bytes(byte[] in, int from, int size, TextSlice out) {
    out.set(in, from + 2, size - 2);
    return true;
  }

  private static boolean floating(byte[] in, int from, int size, TextSlice out) {
    out.set(Canonical.floating(new String(in, from, size, US_ASCII)));
    return true;
  }

  private static boolean doubled(byte[] in, int from, int size, TextSlice out) {
    out.set(Canonical.doubled(new String(in, from, size, US_ASCII)));
    return true;
  }

  private static boolean interval(byte[] in, int from, int size, TextSlice out) {
    out.set(IntervalText.canonical(new String(in, from, size, US_ASCII)));
    return true;
  }

  private static boolean decimal(byte[] in, int from, int size, TextSlice out) {
    return number(in, from, size, out) && in[from + size - 1] <= '9';
  }

  /** PostgreSQL prints digits, neither an exponent nor a needless zero in front. */
  private static boolean number(byte[] in, int from, int size, TextSlice out) {
    int end = from + size;
    for (int i = from; i < end; i++) {
      if (in[i] == '.') {
        while (in[end - 1] == '0') {
          end--;
        }
        end = end - 1 == i ? i : end;
        break;
      }
    }
    out.set(in, from, end - from);
    return true;
  }

  /** Microseconds since 1970 must fit a long, whose greatest is infinity. */
  private static boolean timestamp(byte[] in, int from, int size, TextSlice out) {
    out.set(in, from, size);
    boolean far = size > 20 && in[from + 6] == '-' && in[from + size - 1] != 'C';
    return !far || new String(in, from, size, ISO_8859_1).compareTo(BEYOND_TIMESTAMPS) < 0;
  }
}
