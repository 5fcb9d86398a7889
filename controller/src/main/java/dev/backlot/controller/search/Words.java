package dev.backlot.controller.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words of names and texts: runs of letters and digits, also within {@code camelCase}. */
final class Words {
  private Words() {}

  /** A word, in small letters, and where it stands in the text. */
  record Word(String text, int from, int to) {}

  static List<Word> of(String text) {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (!Character.isLetterOrDigit(point)) {
        at += Character.charCount(point);
        continue;
      }
      int from = at;
      int before = point;
      at += Character.charCount(point);
      while (at < text.length()) {
        point = text.codePointAt(at);
        boolean humps = Character.isLowerCase(before) && Character.isUpperCase(point);
        if (!Character.isLetterOrDigit(point) || humps) {
          break;
        }
        before = point;
        at += Character.charCount(point);
      }
      words.add(new Word(text.substring(from, at).toLowerCase(Locale.ROOT), from, at));
    }
    return words;
  }

  /**
   * Returns whether two words differ by at most some letters: one too many, one too few, another
   * one, or two neighbours swapped (the restricted Damerau-Levenshtein distance).
   */
  static boolean near(String one, String other, int most) {
    int n = one.length();
    int m = other.length();
    if (Math.abs(n - m) > most) {
      return false;
    }
    int[] last = new int[m + 1];
    int[] before = new int[m + 1];
    int[] row = new int[m + 1];
    for (int j = 0; j <= m; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= n; i++) {
      row[0] = i;
      int lowest = i;
      for (int j = 1; j <= m; j++) {
        int same = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int cost = Math.min(Math.min(row[j - 1], before[j]) + 1, before[j - 1] + same);
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          cost = Math.min(cost, last[j - 2] + 1);
        }
        row[j] = cost;
        lowest = Math.min(lowest, cost);
      }
      if (lowest > most) {
        return false;
      }
      int[] free = last;
      last = before;
      before = row;
      row = free;
    }
    return before[m] <= most;
  }
}
