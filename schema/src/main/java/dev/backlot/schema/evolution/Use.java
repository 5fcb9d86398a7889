package dev.backlot.schema.evolution;

import java.util.Locale;

/** How a consumer uses a field; the first one is the strongest. */
public enum Use {
  /** A step names it. */
  CONSUMED,
  /** It identifies rows, and no step names it. */
  KEY,
  /** It is passed on to what follows its Source: a Source that others read, or such a table. */
  PUBLISHED,
  /** It is passed on to a table, by no name. */
  PASSED;

  /** Returns the stronger of two. */
  public Use and(Use other) {
    return ordinal() <= other.ordinal() ? this : other;
  }

  /** Returns whether a consumer relies on the field, by its name. */
  public boolean relies() {
    return this == CONSUMED;
  }

  /** Returns the word that plans and APIs use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #label}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Use ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
