package dev.backlot.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What clients may do with a subject. Capture is not bound by it. */
public enum SubjectMode {
  /** They register and delete. */
  READWRITE,
  /** They only look up. */
  READONLY;

  /** What holds where nobody has set a mode. */
  public static final SubjectMode DEFAULT = READWRITE;

  /** Returns the mode of this name, in any case. */
  public static Optional<SubjectMode> named(String name) {
    return Arrays.stream(values())
        .filter(mode -> mode.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }
}
