package dev.backlot.quality.table;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Whether the hash of a key begins with some digits, as audit reads divide keys. For one thread.
 */
final class KeyHash {
  private final String prefix;
  private final MessageDigest md5;

  KeyHash(String prefix) {
    this.prefix = prefix;
    try {
      this.md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has MD5", e);
    }
  }

  boolean fits(List<String> key) {
    if (prefix.isEmpty()) {
      return true;
    }
    byte[] hash = md5.digest(String.join("\u0001", key).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash).startsWith(prefix);
  }
}
