package dev.backlot.capture.postgres.catalog;

import java.util.regex.Pattern;

/** Names and values as SQL writes them. */
public final class SqlText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");

  private static final Pattern FOLDED = Pattern.compile("[a-z_][a-z0-9_$]*");

  private SqlText() {}

  /** Returns the identifier for a reader, double-quoted only when it is not plain. */
  public static String readable(String name) {
    return PLAIN.matcher(name).matches() ? name : identifier(name);
  }

  /** Returns the identifier for a statement that somebody is to run: quoted where it must be. */
  public static String shortest(String name) {
    return FOLDED.matcher(name).matches() ? name : identifier(name);
  }

  /** Returns the identifier, always double-quoted. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Returns a text literal that means the same under every setting of the session. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
  }
}
