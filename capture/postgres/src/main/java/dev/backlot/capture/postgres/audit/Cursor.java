package dev.backlot.capture.postgres.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an audit of a table goes on: behind a key, or with a hash prefix.
 *
 * @param after canonical texts; null when reading by hash
 * @param prefix hexadecimal digits; null when reading by key
 */
record Cursor(@Nullable List<String> after, @Nullable String prefix) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Cursor behind(List<String> key) {
    return new Cursor(key, null);
  }

  /** Returns the cursor that follows a hash prefix; empty when it was the last. */
  static Optional<String> following(String prefix) {
    int digits = prefix.length();
    if (digits == 0) {
      return Optional.empty();
    }
    long next = Long.parseLong(prefix, 16) + 1;
    return next >> (4 * digits) == 0
        ? Optional.of(new Cursor(null, padded(next, digits)).text())
        : Optional.empty();
  }

  /** Returns the first hash prefix of so many digits. */
  static String first(int digits) {
    return "0".repeat(digits);
  }

  private static String padded(long number, int digits) {
    String hex = Long.toHexString(number);
    return "0".repeat(digits - hex.length()) + hex;
  }

  /**
   * Reads a cursor's text.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Cursor parse(String text) {
    try {
      Cursor cursor = JSON.readValue(text, Cursor.class);
      String prefix = cursor.prefix;
      if ((cursor.after == null) == (prefix == null)
          || (prefix != null && !prefix.matches("[0-9a-f]{1,15}"))) {
        throw new IllegalArgumentException("'" + text + "' is no cursor");
      }
      return cursor;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("'" + text + "' is no cursor", e);
    }
  }

  String text() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a cursor", e);
    }
  }
}
