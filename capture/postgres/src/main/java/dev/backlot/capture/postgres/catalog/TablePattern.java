package dev.backlot.capture.postgres.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of tables such as {@code public.movie}, {@code public.*} or {@code *."Mixed *"}; a star
 * outside quotes stands for anything.
 */
public final class TablePattern {
  private final String text;
  private final Pattern schema;
  private final Pattern table;
  private final boolean exact;

  private TablePattern(String text, Pattern schema, Pattern table, boolean exact) {
    this.text = text;
    this.schema = schema;
    this.table = table;
    this.exact = exact;
  }

  /**
   * Reads a pattern; one without a schema means {@code public}.
   *
   * @throws IllegalArgumentException when quotes are not closed or there are more than two parts
   */
  public static TablePattern parse(String text) {
    List<StringBuilder> parts = new ArrayList<>(List.of(new StringBuilder()));
    boolean quoted = false;
    boolean exact = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      StringBuilder part = parts.get(parts.size() - 1);
      if (c == '"') {
        if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          part.append(Pattern.quote("\""));
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == '.' && !quoted) {
        parts.add(new StringBuilder());
      } else if (c == '*' && !quoted) {
        part.append(".*");
        exact = false;
      } else {
        part.append(Pattern.quote(String.valueOf(c)));
      }
    }
    if (quoted || parts.size() > 2 || parts.get(parts.size() - 1).length() == 0) {
      throw new IllegalArgumentException("'" + text + "' is not a pattern such as public.movie");
    }
    String schema = parts.size() == 1 ? "public" : parts.get(0).toString();
    return new TablePattern(
        text,
        Pattern.compile(schema, Pattern.DOTALL),
        Pattern.compile(parts.get(parts.size() - 1).toString(), Pattern.DOTALL),
        exact);
  }

  /** Returns whether the table is meant. */
  public boolean matches(TableId id) {
    return schema.matcher(id.schema()).matches() && table.matcher(id.table()).matches();
  }

  /** Returns whether the pattern names one table, which must exist then. */
  public boolean isExact() {
    return exact;
  }

  @Override
  public String toString() {
    return text;
  }
}
