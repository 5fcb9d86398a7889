package dev.backlot.engine.letter;

import java.util.Locale;

/** What has become of a dead letter. */
public enum LetterState {
  /** Its record is in no table; it can be replayed. */
  WAITING,
  /** It is replayed, and not every table has taken that in. */
  REPLAYED,
  /** Every table that lacked its record has taken the replay in. */
  DONE,
  /** Its replay failed: another letter, with the next attempt, has taken its place. */
  FAILED_AGAIN;

  /** Returns the word for users. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
