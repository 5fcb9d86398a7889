package dev.backlot.model.source;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of a Source, {@code connection.schema.table}. Its text quotes identifiers that are not
 * plain, so that {@link #parse} and {@link #toString} are inverse.
 *
 * @param connection the Connection's name
 * @param schema the table's schema (MySQL: its database), as written in the database
 * @param table the table, as written in the database
 */
public record SourceName(String connection, String schema, String table) {
  private static final Pattern CONNECTION = Pattern.compile("[a-z][a-z0-9_]*");

  /**
   * Parses a Source's name.
   *
   * @throws IllegalArgumentException with the cause and the next step in plain words, without a
   *     final full stop
   */
  public static SourceName parse(String name) {
    List<SqlIdentifier.Part> parts = SqlIdentifier.split(name);
    if (parts.size() != 3) {
      throw new IllegalArgumentException(
          "it has " + parts.size() + " of 3 parts. Write it as connection.schema.table");
    }
    for (SqlIdentifier.Part part : parts) {
      if (!part.quoted() && !SqlIdentifier.isPlain(part.text())) {
        throw new IllegalArgumentException(
            "'"
                + part.text()
                + "' is not a plain identifier. Write it in double quotes: "
                + SqlIdentifier.quote(part.text()));
      }
    }
    String connection = parts.get(0).text();
    if (!CONNECTION.matcher(connection).matches()) {
      throw new IllegalArgumentException(
          "'" + connection + "' is not a connection's name. Use [a-z][a-z0-9_]*");
    }
    return new SourceName(connection, parts.get(1).text(), parts.get(2).text());
  }

  /** Returns a Source's name as it is stored, whatever quotes somebody wrote around its parts. */
  public static String canonical(String name) {
    try {
      return parse(name).toString();
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  @Override
  public String toString() {
    return connection
        + "."
        + SqlIdentifier.quoteIfNeeded(schema)
        + "."
        + SqlIdentifier.quoteIfNeeded(table);
  }
}
