package dev.backlot.controller.access;

import java.util.Locale;
import java.util.Optional;

/** What a caller may do, whatever it is about; docs/access.md has the table. */
public enum Role {
  /** Reads everything, masked where not cleared. */
  VIEWER,
  /** Also declares and runs what belongs to their teams. */
  BUILDER,
  /** Also answers for what belongs to their teams: its description, tags, and who sees it. */
  OWNER,
  /** Everything. */
  ADMIN,
  /** A query engine's: reads and writes tables through the Iceberg catalog, nothing else. */
  ENGINE;

  /** Returns the role as users write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether one who has this role may do what asks for another. */
  public boolean covers(Role asked) {
    if (this == ADMIN) {
      return true;
    }
    return this == ENGINE || asked == ENGINE ? this == asked : ordinal() >= asked.ordinal();
  }

  /** Reads what {@link #label} gives. */
  public static Optional<Role> of(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
