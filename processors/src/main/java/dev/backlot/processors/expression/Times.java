package dev.backlot.processors.expression;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** Dates and times as numbers: days, or microseconds. The limits of int and long are infinite. */
final class Times {
  static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("[ ]['T']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendPattern("[ ]")
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HH", "Z")
          .optionalEnd()
          .toFormatter()
          .withResolverStyle(ResolverStyle.STRICT)
          .withChronology(java.time.chrono.IsoChronology.INSTANCE);

  private Times() {}

  /** Returns a literal's value as a number, or null when the text is not of the kind. */
  static @Nullable Long parse(Kind kind, String literal) {
    String text = literal.trim();
    try {
      if (text.equals("infinity") || text.equals("-infinity")) {
        return infinity(kind, text.startsWith("-"));
      }
      return switch (kind) {
        case DATE -> LocalDate.parse(text).toEpochDay();
        case TIME -> text.equals("24:00:00") ? Long.valueOf(MICROS_PER_DAY) : time(text);
        case TIMESTAMP -> timestamp(text, false);
        case TIMESTAMPTZ -> timestamp(text, true);
        default -> null;
      };
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** Returns an example of a literal, for messages. */
  static String example(Kind kind) {
    return switch (kind) {
      case DATE -> "'2026-03-14'";
      case TIME -> "'09:30:00'";
      case TIMESTAMP -> "'2026-03-14 09:30:00'";
      default -> "'2026-03-14T09:30:00Z'";
    };
  }

  /** Returns a date's first microsecond; infinities stay infinite. */
  static long dateToMicros(long days) {
    if (days == Integer.MIN_VALUE) {
      return Long.MIN_VALUE;
    }
    return days == Integer.MAX_VALUE ? Long.MAX_VALUE : Math.multiplyExact(days, MICROS_PER_DAY);
  }

  /** Returns year, month or day of a date or of microseconds, or null of the infinities. */
  static @Nullable Long part(Kind kind, long value, ChronoField field) {
    boolean infinite =
        kind == Kind.DATE
            ? value == Integer.MIN_VALUE || value == Integer.MAX_VALUE
            : value == Long.MIN_VALUE || value == Long.MAX_VALUE;
    if (infinite) {
      return null;
    }
    long days = kind == Kind.DATE ? value : Math.floorDiv(value, MICROS_PER_DAY);
    return LocalDate.ofEpochDay(days).getLong(field);
  }

  private static @Nullable Long infinity(Kind kind, boolean negative) {
    return switch (kind) {
      case DATE -> negative ? (long) Integer.MIN_VALUE : (long) Integer.MAX_VALUE;
      case TIMESTAMP, TIMESTAMPTZ -> negative ? Long.MIN_VALUE : Long.MAX_VALUE;
      default -> null;
    };
  }

  private static long time(String text) {
    return LocalTime.parse(text).toNanoOfDay() / 1000;
  }

  private static @Nullable Long timestamp(String text, boolean zoned) {
    if (text.length() == 10) {
      return dateToMicros(LocalDate.parse(text).toEpochDay());
    }
    TemporalAccessor parsed = DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    if (parsed instanceof OffsetDateTime offset) {
      return zoned ? Long.valueOf(micros(offset.toInstant())) : null;
    }
    return micros(((LocalDateTime) parsed).toInstant(ZoneOffset.UTC));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
