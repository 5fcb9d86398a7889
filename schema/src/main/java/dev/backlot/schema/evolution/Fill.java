package dev.backlot.schema.evolution;

/** What stands for a field in events whose schema lacks it. */
public sealed interface Fill {

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
}
