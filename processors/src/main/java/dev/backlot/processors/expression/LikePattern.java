package dev.backlot.processors.expression;

import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.jspecify.annotations.Nullable;

/**
 * A LIKE pattern: {@code %} is any text, {@code _} one character, and the escape character takes
 * the next one literally. Matching goes back to the last {@code %} only, so it needs at most
 * pattern times text steps.
 */
final class LikePattern {
  private static final int ANY_TEXT = -1;
  private static final int ANY_CHARACTER = -2;

  private final int[] pattern;
  private final @Nullable BinaryStringData prefix;

  private LikePattern(int[] pattern) {
    this.pattern = pattern;
    this.prefix = prefixOf(pattern);
  }

  /** Returns the pattern, or null when it ends in its escape character. */
  static @Nullable LikePattern of(String text, int escape) {
    int[] points = text.codePoints().toArray();
    int[] pattern = new int[points.length];
    int length = 0;
    for (int i = 0; i < points.length; i++) {
      if (points[i] == escape) {
        if (++i == points.length) {
          return null;
        }
        pattern[length++] = points[i];
      } else {
        pattern[length++] =
            points[i] == '%' ? ANY_TEXT : points[i] == '_' ? ANY_CHARACTER : points[i];
      }
    }
    return new LikePattern(java.util.Arrays.copyOf(pattern, length));
  }

  boolean matches(StringData text) {
    if (prefix != null && text instanceof BinaryStringData binary) {
      return binary.startsWith(prefix);
    }
    return matches(text.toString());
  }

  boolean matches(String text) {
    int[] points = text.codePoints().toArray();
    int p = 0;
    int t = 0;
    int lastAny = -1;
    int resume = 0;
    while (t < points.length) {
      if (p < pattern.length && pattern[p] == ANY_TEXT) {
        lastAny = p++;
        resume = t;
      } else if (p < pattern.length && (pattern[p] == ANY_CHARACTER || pattern[p] == points[t])) {
        p++;
        t++;
      } else if (lastAny >= 0) {
        p = lastAny + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length && pattern[p] == ANY_TEXT) {
      p++;
    }
    return p == pattern.length;
  }

  /** Returns the text before a single final {@code %}, the commonest pattern. */
  private static @Nullable BinaryStringData prefixOf(int[] pattern) {
    int last = pattern.length - 1;
    if (last < 0 || pattern[last] != ANY_TEXT) {
      return null;
    }
    for (int i = 0; i < last; i++) {
      if (pattern[i] < 0) {
        return null;
      }
    }
    return BinaryStringData.fromString(new String(pattern, 0, last));
  }
}
