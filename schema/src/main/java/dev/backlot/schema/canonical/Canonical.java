package dev.backlot.schema.canonical;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one text that a value has for an audit, whatever system it was read from:
 *
 * <ul>
 *   <li>boolean: {@code true}, {@code false}; integers: digits; uuid: lower case; binary:
 *       lower-case hex;
 *   <li>floating point, as {@link #floating} and {@link #doubled} give it; exact numbers, as {@link
 *       #number} gives them;
 *   <li>date and times: as PostgreSQL writes them in ISO style and UTC, without trailing zeros of a
 *       second's fraction, with {@code +00} behind a time with zone, with {@code infinity} and BC;
 *   <li>interval: months, days and microseconds, with a blank between;
 *   <li>texts: as they are; arrays of one dimension, as {@link #list} gives them;
 *   <li>a value that its column's type can't hold: PostgreSQL's text.
 * </ul>
 *
 * NULL has no text. Pure.
 */
public final class Canonical {
  private Canonical() {}

  /** Returns an exact number without trailing zeros; NaN and infinities stay as they are. */
  public static String number(String text) {
    char last = text.charAt(text.length() - 1);
    if (last < '0' || last > '9') {
      return text;
    }
    BigDecimal number = new BigDecimal(text);
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /** Returns a float as Java writes it; zero has no sign. */
  public static String floating(String text) {
    return Float.toString(Float.parseFloat(text) + 0f);
  }

  /** Returns a double as Java writes it; zero has no sign. */
  public static String doubled(String text) {
    return Double.toString(Double.parseDouble(text) + 0d);
  }

  /** Returns an interval of three parts that don't convert into each other. */
  public static String interval(long months, long days, long micros) {
    return months + " " + days + " " + micros;
  }

  /** Returns an array, whose elements are canonical themselves, or null. */
  public static String list(List<? extends @Nullable String> elements) {
    StringBuilder text = new StringBuilder("[");
    for (String element : elements) {
      if (text.length() > 1) {
        text.append(',');
      }
      if (element == null) {
        text.append('~');
      } else {
        text.append(element.length()).append(':').append(element);
      }
    }
    return text.append(']').toString();
  }
}
