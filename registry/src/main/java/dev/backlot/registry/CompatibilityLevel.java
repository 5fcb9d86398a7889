package dev.backlot.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Which earlier versions of a subject a schema must get along with when a client registers it.
 * Capture's schemas are never judged by it: what a database did has happened.
 */
public enum CompatibilityLevel {
  /** Nothing is compared. */
  NONE(false, false, false),
  /** Reads what the newest version wrote. */
  BACKWARD(true, false, false),
  /** Reads what any version wrote. */
  BACKWARD_TRANSITIVE(true, false, true),
  /** Is read by the newest version. */
  FORWARD(false, true, false),
  /** Is read by every version. */
  FORWARD_TRANSITIVE(false, true, true),
  /** Both ways with the newest version. */
  FULL(true, true, false),
  /** Both ways with every version. */
  FULL_TRANSITIVE(true, true, true);

  /** What holds where nobody has set a level. */
  public static final CompatibilityLevel DEFAULT = BACKWARD;

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /** Returns the level of this name, in any case. */
  public static Optional<CompatibilityLevel> named(String name) {
    return Arrays.stream(values())
        .filter(level -> level.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  /** Returns whether a new schema must read what earlier ones wrote. */
  boolean isBackward() {
    return backward;
  }

  /** Returns whether earlier schemas must read what a new one writes. */
  boolean isForward() {
    return forward;
  }

  /** Returns whether every earlier version counts, not only the newest. */
  boolean isTransitive() {
    return transitive;
  }
}
