package dev.backlot.controller.signin;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * Hashes passwords slowly, by bcrypt, few at once so that guessing can't take every processor.
 * Thread-safe.
 */
final class Passwords {
  private static final int COST = 12;
  private static final int SHORTEST = 12;
  private static final int MOST_BYTES = 72;
  private static final int AT_ONCE = 2;
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

  private final BCryptPasswordEncoder encoder = new BCryptPasswordEncoder(COST);
  private final SecureRandom random = new SecureRandom();
  private final Semaphore slots = new Semaphore(AT_ONCE);

  /** Compared with when there is no such account, so that the answer takes as long. */
  private final String nobodys = encoded(Opaque.random());

  /** Returns why a password can't be used, as the middle of a sentence. */
  Optional<String> fault(String account, String password) {
    if (password.codePointCount(0, password.length()) < SHORTEST) {
      return Optional.of("a password has at least " + SHORTEST + " characters");
    }
    if (password.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      return Optional.of("a password has at most " + MOST_BYTES + " bytes");
    }
    if (password.equalsIgnoreCase(account)) {
      return Optional.of("a password is not the account's name");
    }
    return Optional.empty();
  }

  String hash(String password) {
    slots.acquireUninterruptibly();
    try {
      return encoded(password);
    } finally {
      slots.release();
    }
  }

  private String encoded(String password) {
    return Objects.requireNonNull(encoder.encode(password), "no hash");
  }

  /** Compares in the same time whether there is a hash or not. */
  boolean matches(String password, String hash) {
    boolean possible =
        !hash.isEmpty() && password.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    String tried = possible ? password : "nobody's password";
    slots.acquireUninterruptibly();
    try {
      return encoder.matches(tried, possible ? hash : nobodys) && possible;
    } finally {
      slots.release();
    }
  }

  /** Returns a password of 100 random bits that can be read aloud. */
  String random() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      if (i > 0 && i % 5 == 0) {
        text.append('-');
      }
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
