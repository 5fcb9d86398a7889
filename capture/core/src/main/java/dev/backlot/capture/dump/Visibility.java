package dev.backlot.capture.dump;

/** What a read could see: the snapshot in which it was done. */
@FunctionalInterface
public interface Visibility {
  /** Returns whether the effects of a committed transaction were visible. */
  boolean sees(long transaction);

  /** Returns whether this may see something that the other does not. */
  default boolean mayExceed(Visibility other) {
    return true;
  }
}
