package dev.backlot.model.alert;

import java.util.Locale;

/** How grave an alert is, from the least. */
public enum Severity {
  /** Data still arrive; a person should look soon. */
  WARNING,
  /** Data do not arrive, or are wrong. */
  CRITICAL;

  /** Returns the word that API and documents use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
