package dev.backlot.schema.evolution;

import java.util.Locale;

/** What a change of a Source's schema means for a consumer. */
public enum Outcome {
  /** It goes on as it is: every new event gives it the rows that it expects. */
  SAFE,
  /** It goes on under a new plan; nothing is lost. */
  CHANGES,
  /** It can't go on without somebody's decision. */
  BREAKS;

  /** Returns the worse of two. */
  public Outcome and(Outcome other) {
    return ordinal() >= other.ordinal() ? this : other;
  }

  /** Returns the word that APIs use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
