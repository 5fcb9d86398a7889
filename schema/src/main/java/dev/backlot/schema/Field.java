package dev.backlot.schema;

import java.io.Serializable;
import java.util.Map;

/**
 * One field of a row.
 *
 * @param name the column's name, exactly as in the source
 * @param nullable whether the source lets it be null; in a key, whether a value may be absent there
 *     because only {@code _exact} can hold it
 * @param doc the column's comment, or empty
 * @param properties further facts about the column, such as {@code type} for its type in the
 *     source; names are lower-case words without a prefix, and {@code name} and {@code required}
 *     are taken
 */
public record Field(
    String name, FieldType type, boolean nullable, String doc, Map<String, String> properties)
    implements Serializable {
  /** Copies what is mutable. */
  public Field {
    properties = Map.copyOf(properties);
  }

  /** Returns a field without comment and properties that may be null. */
  public static Field nullable(String name, FieldType type) {
    return new Field(name, type, true, "", Map.of());
  }

  /** Returns a field without comment and properties that is never null. */
  public static Field required(String name, FieldType type) {
    return new Field(name, type, false, "", Map.of());
  }
}
