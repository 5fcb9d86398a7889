package dev.backlot.quality.blackbox;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key whose rows are not the same on both sides, at one look.
 *
 * @param key texts in the audit's key order
 * @param source the key's row in the source of truth, in its columns' order; empty when there is
 *     none
 * @param target likewise in the target
 * @param doubled whether one side has the key more than once
 */
public record Contrast(
    List<String> key,
    Optional<List<@Nullable String>> source,
    Optional<List<@Nullable String>> target,
    boolean doubled) {
  /** Copies what is mutable. */
  public Contrast {
    key = List.copyOf(key);
  }

  /** What is wrong with a key. */
  public enum Kind {
    /** The target lacks it. */
    MISSING,
    /** Only the target has it. */
    EXTRA,
    /** Both have it, with other values. */
    DIFFERENT,
    /** One side has it more than once. */
    DOUBLED
  }

  /** Returns what is wrong. */
  public Kind kind() {
    if (doubled) {
      return Kind.DOUBLED;
    }
    if (target.isEmpty()) {
      return Kind.MISSING;
    }
    return source.isEmpty() ? Kind.EXTRA : Kind.DIFFERENT;
  }
}
