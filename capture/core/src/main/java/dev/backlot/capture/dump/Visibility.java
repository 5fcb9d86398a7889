package dev.backlot.capture.dump;

/** What a read could see: the snapshot in which it was done. */
public interface Visibility {
  /** Returns whether the effects of a committed transaction were visible. */
  boolean sees(long transaction);
}
