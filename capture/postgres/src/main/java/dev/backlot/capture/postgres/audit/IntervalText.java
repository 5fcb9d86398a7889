package dev.backlot.capture.postgres.audit;

import dev.backlot.schema.canonical.Canonical;

/**
 * Reads what {@code interval_out} prints in style {@code postgres} (PostgreSQL documentation,
 * "Interval Output"), such as {@code 1 year -2 mons +3 days -04:05:06.789}.
 */
final class IntervalText {
  private IntervalText() {}

  static String canonical(String text) {
    if (text.equals("infinity")) {
      return Canonical.interval(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
    }
    if (text.equals("-infinity")) {
      return Canonical.interval(Integer.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE);
    }
    long months = 0;
    long days = 0;
    long micros = 0;
    String[] words = text.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      if (words[i].indexOf(':') >= 0) {
        micros = micros(words[i]);
        continue;
      }
      long count = Long.parseLong(words[i]);
      String unit = words[++i];
      if (unit.startsWith("year")) {
        months += 12 * count;
      } else if (unit.startsWith("mon")) {
        months += count;
      } else {
        days += count;
      }
    }
    return Canonical.interval(months, days, micros);
  }

  /**
   * Hours may have any number of digits; the most negative interval has no positive counterpart.
   */
  private static long micros(String text) {
    boolean negative = text.charAt(0) == '-';
    int start = negative || text.charAt(0) == '+' ? 1 : 0;
    String[] parts = text.substring(start).split(":", -1);
    int point = parts[2].indexOf('.');
    long seconds = Long.parseLong(point < 0 ? parts[2] : parts[2].substring(0, point));
    String fraction = point < 0 ? "" : parts[2].substring(point + 1);
    long sign = negative ? -1 : 1;
    long micros = sign * Long.parseLong(parts[0]) * 3_600_000_000L;
    micros += sign * Long.parseLong(parts[1]) * 60_000_000L;
    micros += sign * seconds * 1_000_000L;
    return micros + sign * Long.parseLong((fraction + "000000").substring(0, 6));
  }
}
