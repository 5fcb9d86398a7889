package dev.backlot.schema.evolution;

/** What stands for a field in events whose schema lacks it. */
public sealed interface Fill {
  String FIELD = "field:";
  String VALUE = "value:";

  /** Null does. */
  record Nothing() implements Fill {}

  /** Another field of the same event. */
  record FromField(String field) implements Fill {}

  /**
   * Always the same value.
   *
   * @param text the value, as the source would write it
   */
  record Constant(String text) implements Fill {}

  /** Returns the text that stands for this in plans; empty for nothing. */
  default String notation() {
    if (this instanceof FromField from) {
      return FIELD + from.field();
    }
    return this instanceof Constant constant ? VALUE + constant.text() : "";
  }

  /**
   * Reads {@link #notation}.
   *
   * @throws IllegalArgumentException when the text is none
   */
  static Fill parse(String notation) {
    if (notation.isEmpty()) {
      return new Nothing();
    }
    if (notation.startsWith(FIELD)) {
      return new FromField(notation.substring(FIELD.length()));
    }
    if (notation.startsWith(VALUE)) {
      return new Constant(notation.substring(VALUE.length()));
    }
    throw new IllegalArgumentException("Nothing stands for a field as '" + notation + "'");
  }
}
