package dev.backlot.testing.capture;

import java.util.SplittableRandom;

/**
 * The texts that stand in rows, each made from a version, so that reading one tells the version.
 */
final class Texts {
  /** Beyond what a page holds, also compressed: such values are stored apart. */
  private static final int LARGE = 12_000;

  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

  private Texts() {}

  static String title(long version) {
    return text(version, (int) (version % 90));
  }

  static String large(long version) {
    return text(version, LARGE);
  }

  /** Returns the version that a text was made from, or -1 when it is not what was made. */
  static long version(CharSequence text, boolean isLarge) {
    String whole = text.toString();
    int colon = whole.indexOf(':');
    try {
      long version = Long.parseLong(whole.substring(0, Math.max(0, colon)));
      return whole.equals(isLarge ? large(version) : title(version)) ? version : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String text(long version, int length) {
    SplittableRandom random = new SplittableRandom(version);
    StringBuilder text = new StringBuilder(length + 20).append(version).append(':');
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
