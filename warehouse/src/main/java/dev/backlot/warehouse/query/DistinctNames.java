package dev.backlot.warehouse.query;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Gives each repeated name {@code _2}, {@code _3} behind. */
final class DistinctNames {
  private final Case sensitivity;
  private final Set<String> taken = new HashSet<>();

  /** Which names are the same. */
  enum Case {
    EXACT,
    IGNORED
  }

  DistinctNames(Case sensitivity) {
    this.sensitivity = sensitivity;
  }

  /** Returns the name, or the first free one derived from it. */
  String next(String name) {
    String candidate = name;
    for (int i = 2; !taken.add(folded(candidate)); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  private String folded(String name) {
    return sensitivity == Case.EXACT ? name : name.toLowerCase(Locale.ROOT);
  }
}
