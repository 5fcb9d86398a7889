package dev.backlot.sdk;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the name that a user probably meant. */
public final class Suggestions {
  private static final int MOST_LISTED = 12;

  private Suggestions() {}

  /** Returns the choice nearest to a name, ignoring case, or nothing when none is near. */
  public static Optional<String> nearest(String name, Collection<String> choices) {
    int limit = Math.max(1, name.length() / 3);
    String best = null;
    int bestDistance = limit + 1;
    for (String choice : choices) {
      int distance = distance(name.toLowerCase(Locale.ROOT), choice.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = choice;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns {@code Did you mean 'x'?}, or which names there are. */
  public static String fix(String name, List<String> choices) {
    return nearest(name, choices)
        .map(near -> "Did you mean '" + near + "'?")
        .orElseGet(() -> "There are " + list(choices) + ".");
  }

  /** Returns names separated by commas, cut when there are many. */
  public static String list(List<String> names) {
    String list = names.stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
    return names.size() > MOST_LISTED
        ? list + " and " + (names.size() - MOST_LISTED) + " more"
        : list;
  }

  /** Edit distance of Levenshtein, with swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int k = 0; k <= b.length(); k++) {
        if (i == 0 || k == 0) {
          cost[i][k] = i + k;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(k - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][k], cost[i][k - 1]) + 1;
        least = Math.min(least, cost[i - 1][k - 1] + change);
        if (i > 1
            && k > 1
            && a.charAt(i - 1) == b.charAt(k - 2)
            && a.charAt(i - 2) == b.charAt(k - 1)) {
          least = Math.min(least, cost[i - 2][k - 2] + 1);
        }
        cost[i][k] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
