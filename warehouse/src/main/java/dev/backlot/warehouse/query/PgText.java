package dev.backlot.warehouse.query;

import java.time.LocalDate;

/** Dates and times as PostgreSQL writes them in ISO style, from their integers. */
final class PgText {
  private static final long DAY_MICROS = 86_400_000_000L;

  private PgText() {}

  /** Days since 1970-01-01; the integer's limits, and DuckDB's own, are the infinities. */
  static String date(long days) {
    if (days >= Integer.MAX_VALUE) {
      return "infinity";
    }
    if (days <= Integer.MIN_VALUE + 1L) {
      return "-infinity";
    }
    StringBuilder out = new StringBuilder(16);
    long year = day(out, days);
    return era(out, year).toString();
  }

  /**
   * Microseconds since 1970-01-01 00:00; with {@code zone} behind the time, such as {@code +00}.
   */
  static String timestamp(long micros, String zone) {
    if (micros == Long.MAX_VALUE) {
      return "infinity";
    }
    if (micros <= Long.MIN_VALUE + 1) {
      return "-infinity";
    }
    StringBuilder out = new StringBuilder(32);
    long year = day(out, Math.floorDiv(micros, DAY_MICROS));
    out.append(' ');
    clock(out, Math.floorMod(micros, DAY_MICROS));
    return era(out.append(zone), year).toString();
  }

  /** Microseconds since midnight, up to 24:00:00. */
  static String time(long micros) {
    return clock(new StringBuilder(15), micros).toString();
  }

  /** Writes year, month and day; returns the proleptic year, which is not positive for BC. */
  private static long day(StringBuilder out, long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    long year = date.getYear();
    padded(out, year > 0 ? year : 1 - year, 4).append('-');
    padded(out, date.getMonthValue(), 2).append('-');
    padded(out, date.getDayOfMonth(), 2);
    return year;
  }

  private static StringBuilder era(StringBuilder out, long year) {
    return year > 0 ? out : out.append(" BC");
  }

  private static StringBuilder clock(StringBuilder out, long micros) {
    long seconds = micros / 1_000_000;
    padded(out, seconds / 3600, 2).append(':');
    padded(out, seconds / 60 % 60, 2).append(':');
    padded(out, seconds % 60, 2);
    long fraction = micros % 1_000_000;
    if (fraction != 0) {
      int digits = 6;
      while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
      }
      padded(out.append('.'), fraction, digits);
    }
    return out;
  }

  private static StringBuilder padded(StringBuilder out, long value, int width) {
    String digits = Long.toString(value);
    return out.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }
}
