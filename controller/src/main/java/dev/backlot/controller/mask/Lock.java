package dev.backlot.controller.mask;

import dev.backlot.controller.access.Caller;
import java.util.Set;
import java.util.TreeSet;

/**
 * Why values may not be seen by everybody.
 *
 * @param source the Source whose field is tagged
 * @param field the tagged field
 * @param tags of the field, never none
 * @param owner the team that answers for the Source, or empty
 */
public record Lock(String source, String field, Set<String> tags, String owner) {
  /** Copies what is mutable. */
  public Lock {
    tags = Set.copyOf(tags);
  }

  /** Returns whether a caller may see the values all the same. */
  public boolean opensFor(Caller caller) {
    boolean own = !owner.isEmpty() && caller.teams().contains(owner);
    return own || tags.stream().allMatch(caller::isClearedFor);
  }

  /** Returns the tags for which a caller has no clearance, sorted. */
  public Set<String> missing(Caller caller) {
    Set<String> missing = new TreeSet<>(tags);
    missing.removeIf(caller::isClearedFor);
    return missing;
  }
}
