package dev.backlot.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes such as {@code 10GB} and durations such as {@code 1s}, as they stand in documents. */
public final class Quantities {
  private static final Pattern QUANTITY =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([A-Za-z]+)");
  private static final Map<String, Long> BYTES =
      Map.of(
          "B", 1L,
          "KB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KIB", 1L << 10,
          "MIB", 1L << 20,
          "GIB", 1L << 30,
          "TIB", 1L << 40);
  private static final Map<String, Long> MILLIS =
      Map.of(
          "ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Quantities() {}

  /** Parses {@code 10GB} or {@code 10GiB} into bytes; empty when it is not a size. */
  public static Optional<Long> parseSize(String text) {
    return parse(text.trim(), BYTES, Locale.ROOT);
  }

  /**
   * Parses {@code 500ms}, {@code 1s}, {@code 5m}, {@code 1h}, {@code 1d}; empty when it is none.
   */
  public static Optional<Duration> parseDuration(String text) {
    return parse(text.trim(), MILLIS, null).map(Duration::ofMillis);
  }

  /** Writes bytes with the largest decimal unit that divides them: {@code 10GB}. */
  public static String formatSize(long bytes) {
    String[] units = {"TB", "GB", "MB", "KB"};
    for (String unit : units) {
      long factor = BYTES.getOrDefault(unit, 1L);
      if (bytes >= factor && bytes % factor == 0) {
        return bytes / factor + unit;
      }
    }
    return bytes + "B";
  }

  /** Writes a duration of whole milliseconds with the largest unit that divides it: {@code 5m}. */
  public static String formatDuration(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      long factor = MILLIS.getOrDefault(unit, 1L);
      if (millis >= factor && millis % factor == 0) {
        return millis / factor + unit;
      }
    }
    return millis + "ms";
  }

  private static Optional<Long> parse(
      String text, Map<String, Long> units, @Nullable Locale upper) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2);
    Long factor = units.get(upper == null ? unit : unit.toUpperCase(upper));
    if (factor == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor)).longValueExact());
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
