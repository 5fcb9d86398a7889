package dev.backlot.model.source;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Chooses tables of a database: {@code public.movie}, {@code public.*}, {@code
 * public."Mixed.Case"}. A star stands for any characters in a part without quotes; in quotes it is
 * itself.
 */
public final class TablePattern {
  private static final Pattern BARE = Pattern.compile("[A-Za-z_*][A-Za-z0-9_$*]*");

  private final String text;
  private final Pattern schema;
  private final Pattern table;
  private final boolean exact;

  private TablePattern(String text, SqlIdentifier.Part schema, SqlIdentifier.Part table) {
    this.text = text;
    this.schema = regex(schema);
    this.table = regex(table);
    this.exact = !hasStar(schema) && !hasStar(table);
  }

  /**
   * Parses a pattern.
   *
   * @throws IllegalArgumentException with the cause and the next step in plain words, without a
   *     final full stop
   */
  public static TablePattern parse(String text) {
    List<SqlIdentifier.Part> parts = SqlIdentifier.split(text);
    if (parts.size() != 2) {
      throw new IllegalArgumentException(
          "it has " + parts.size() + " of 2 parts. Write it as schema.table or schema.*");
    }
    for (SqlIdentifier.Part part : parts) {
      if (!part.quoted() && !BARE.matcher(part.text()).matches()) {
        throw new IllegalArgumentException(
            "'"
                + part.text()
                + "' is not a plain identifier. Write it in double quotes: "
                + SqlIdentifier.quote(part.text()));
      }
    }
    return new TablePattern(text, parts.get(0), parts.get(1));
  }

  /** Returns whether a table, named as in the database, is chosen. */
  public boolean matches(String schemaName, String tableName) {
    return schema.matcher(schemaName).matches() && table.matcher(tableName).matches();
  }

  /** Returns whether the pattern can choose one table only, which must therefore exist. */
  public boolean isExact() {
    return exact;
  }

  /** Returns the pattern as the user wrote it. */
  @Override
  public String toString() {
    return text;
  }

  private static boolean hasStar(SqlIdentifier.Part part) {
    return !part.quoted() && part.text().indexOf('*') >= 0;
  }

  private static Pattern regex(SqlIdentifier.Part part) {
    if (!hasStar(part)) {
      return Pattern.compile(Pattern.quote(part.text()));
    }
    StringBuilder regex = new StringBuilder();
    for (char c : part.text().toCharArray()) {
      regex.append(c == '*' ? ".*" : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
