package dev.backlot.schema.evolution;

import java.util.Locale;

/** In what way a field differs between two schemas of a Source. */
public enum ChangeKind {
  ADDED,
  DROPPED,
  /** The same column under another name. */
  RENAMED,
  /** Another column under the same name and type: it was dropped and made again. */
  REPLACED,
  /** Every old value is one of the new type too. */
  WIDENED,
  /** Every new value is one of the old type too. */
  NARROWED,
  /** The text stays text and means something else, such as a JSON text. */
  REINTERPRETED,
  /** Neither type holds the values of the other. */
  RETYPED,
  LABELS_ADDED,
  LABELS_REMOVED,
  LABELS_REORDERED,
  /** It may be null now. */
  NULLABLE,
  /** It is never null now. */
  REQUIRED,
  /** Comment, default or length: nothing that an event shows. */
  DESCRIBED,
  /** Another place among the columns. */
  MOVED,
  /** The columns that identify rows are others. */
  KEY_CHANGED;

  /** Returns the word that people read, such as {@code labels added}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
