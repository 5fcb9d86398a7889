package dev.backlot.model;

/**
 * Where in a user's document something stands.
 *
 * @param file the file as the user named it, {@code -} for standard input, or empty when the
 *     document came without one
 * @param line 1-based, or 0 when unknown
 * @param column 1-based, or 0 when unknown
 * @param path the path inside the document, such as {@code steps[1].config.where}, or empty
 */
public record Place(String file, int line, int column, String path) {
  /** No place is known. */
  public static final Place NOWHERE = new Place("", 0, 0, "");

  /** Returns the place as {@code file:line:column}, or the path where there is no line. */
  @Override
  public String toString() {
    if (line == 0) {
      return path;
    }
    return (file.isEmpty() ? "" : file + ":") + line + ":" + column;
  }
}
