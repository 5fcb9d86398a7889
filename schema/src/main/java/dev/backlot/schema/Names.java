package dev.backlot.schema;

import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names on the wire. Avro and Kafka know letters, digits and underscores; any other UTF-16 unit, a
 * leading digit, and an underscore that would be read as the start of an escape are written {@code
 * _xHHHH_}. The escape is reversible and distinct for distinct names.
 */
public final class Names {
  /** The longest name of a Kafka topic. */
  public static final int LONGEST_TOPIC = 249;

  private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-F]{4})_");
  private static final int HASH_DIGITS = 16;

  private Names() {}

  /** Returns the name in letters, digits and underscores. */
  public static String escape(String name) {
    StringBuilder out = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isEscaped(name, i)) {
        if (out == null) {
          out = new StringBuilder(name.length() + 16).append(name, 0, i);
        }
        out.append(String.format("_x%04X_", (int) c));
      } else if (out != null) {
        out.append(c);
      }
    }
    return out == null ? name : out.toString();
  }

  /** Returns what {@link #escape} was given. */
  public static String unescape(String escaped) {
    Matcher matcher = ESCAPE.matcher(escaped);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      char c = (char) Integer.parseInt(matcher.group(1), 16);
      matcher.appendReplacement(out, Matcher.quoteReplacement(String.valueOf(c)));
    }
    return matcher.appendTail(out).toString();
  }

  /** Returns the topic of a Source's epoch; one that would be too long ends in a hash. */
  public static String topic(SourceName source, int epoch) {
    return topic(namespace(source), epoch);
  }

  /**
   * Returns the topic of an epoch of a Source, captured or published.
   *
   * @throws IllegalArgumentException when it is no Source's name
   */
  public static String topicOf(String source, int epoch) {
    return topic(namespaceOf(source), epoch);
  }

  private static String topic(String namespace, int epoch) {
    String topic = "backlot." + namespace + "." + epoch;
    if (topic.length() <= LONGEST_TOPIC) {
      return topic;
    }
    return topic.substring(0, LONGEST_TOPIC - HASH_DIGITS - 1) + "_" + hash(topic);
  }

  /** Returns the Avro namespace of a Source's records. */
  public static String namespace(SourceName source) {
    return escape(source.connection())
        + "."
        + escape(source.schema())
        + "."
        + escape(source.table());
  }

  /**
   * Returns the Avro namespace of the records of a Source, captured or published.
   *
   * @throws IllegalArgumentException when it is no Source's name
   */
  public static String namespaceOf(String source) {
    return PublishedName.is(source) ? source : namespace(SourceName.parse(source));
  }

  private static boolean isEscaped(String name, int i) {
    char c = name.charAt(i);
    if (!isPlain(c)) {
      return true;
    }
    if (i == 0 && c >= '0' && c <= '9') {
      return true;
    }
    return c == '_' && startsEscape(name, i);
  }

  /** An escape of a later character begins with an underscore, so it may end one begun here. */
  private static boolean startsEscape(String name, int i) {
    if (i + 6 >= name.length() || name.charAt(i + 1) != 'x') {
      return false;
    }
    for (int k = i + 2; k < i + 6; k++) {
      char h = name.charAt(k);
      if (!((h >= '0' && h <= '9') || (h >= 'A' && h <= 'F'))) {
        return false;
      }
    }
    char end = name.charAt(i + 6);
    return end == '_' || !isPlain(end);
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
