package dev.backlot.quality.blackbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows keys from look to look. Pure. */
public final class Suspects {
  private Suspects() {}

  /**
   * Returns the suspects after a look: those that it found, and those of which it could not say
   * anything. What it did not find again is equal.
   *
   * @param before after the look before
   * @param unjudged keys of which nothing could be said
   * @param at when this look began
   */
  public static List<Suspect> after(
      List<Suspect> before, List<Contrast> found, Set<List<String>> unjudged, Instant at) {
    Map<List<String>, Suspect> known =
        before.stream().collect(Collectors.toMap(s -> s.contrast().key(), Function.identity()));
    List<Suspect> after = new ArrayList<>();
    before.stream().filter(s -> unjudged.contains(s.contrast().key())).forEach(after::add);
    for (Contrast contrast : found) {
      @Nullable Suspect suspect = known.get(contrast.key());
      after.add(suspect == null ? new Suspect(contrast, at, at, 1) : suspect.seen(contrast, at));
    }
    return after;
  }
}
