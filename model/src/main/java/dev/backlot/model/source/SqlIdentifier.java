package dev.backlot.model.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Identifiers as Backlot writes them in names and patterns: plain ones as they are, others
 * double-quoted as in SQL. Case is always kept as written.
 */
public final class SqlIdentifier {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");

  private SqlIdentifier() {}

  /** One part of a dotted name: the identifier itself, and whether it was written in quotes. */
  public record Part(String text, boolean quoted) {}

  /** Returns whether an identifier is written without quotes. */
  public static boolean isPlain(String identifier) {
    return PLAIN.matcher(identifier).matches();
  }

  /** Returns the identifier as it is written: {@code movie}, {@code "Mixed Case"}. */
  public static String quoteIfNeeded(String identifier) {
    return isPlain(identifier) ? identifier : quote(identifier);
  }

  /** Returns the identifier in double quotes, inner quotes doubled. */
  public static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /**
   * Splits a dotted name at the dots that are outside quotes.
   *
   * @throws IllegalArgumentException with the cause in plain words: a missing quote, an empty part
   */
  public static List<Part> split(String name) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder text = new StringBuilder();
      boolean quoted = at < name.length() && name.charAt(at) == '"';
      at = quoted ? readQuoted(name, at + 1, text) : readBare(name, at, text);
      if (text.length() == 0) {
        throw new IllegalArgumentException("it has an empty part");
      }
      parts.add(new Part(text.toString(), quoted));
      if (at == name.length()) {
        return parts;
      }
      if (name.charAt(at) != '.') {
        throw new IllegalArgumentException("there is text right after a closing quote");
      }
      at++;
    }
  }

  private static int readBare(String name, int from, StringBuilder text) {
    int dot = name.indexOf('.', from);
    int end = dot < 0 ? name.length() : dot;
    text.append(name, from, end);
    return end;
  }

  private static int readQuoted(String name, int from, StringBuilder text) {
    int at = from;
    while (at < name.length()) {
      char c = name.charAt(at);
      if (c != '"') {
        text.append(c);
        at++;
      } else if (at + 1 < name.length() && name.charAt(at + 1) == '"') {
        text.append('"');
        at += 2;
      } else {
        return at + 1;
      }
    }
    throw new IllegalArgumentException("a quote is not closed");
  }
}
