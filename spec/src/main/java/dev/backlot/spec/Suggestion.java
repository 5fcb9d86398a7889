package dev.backlot.spec;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a misspelt word was probably meant to be. */
public final class Suggestion {
  private Suggestion() {}

  /** Returns the known word nearest to a misspelt one, or empty when none is near. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    int limit = word.length() < 3 ? 0 : Math.min(3, Math.max(1, word.length() / 3));
    String best = null;
    int bestDistance = limit + 1;
    for (String candidate : known) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns {@code Did you mean 'x'?}, or which words there are. */
  public static String sentence(String word, Collection<String> known) {
    return nearest(word, known)
        .map(nearest -> "Did you mean '" + nearest + "'?")
        .orElseGet(
            () -> known.isEmpty() ? "Remove it." : "Use one of: " + String.join(", ", known) + ".");
  }

  /** Levenshtein's distance with transpositions (optimal string alignment). */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
