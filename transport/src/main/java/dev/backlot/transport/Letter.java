package dev.backlot.transport;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What stands in a pipeline's topic of dead letters, and in its topic of replays. Written at least
 * once: letters of one {@link #id} are one letter.
 *
 * @param failure which record failed in which step, and why
 * @param attempt how many times the record has been tried, from 1
 * @param sink the only sink that lacks the record's rows, or empty when all behind the step do
 * @param since when it failed first
 * @param original the record as it was, or {@link OriginalRecord#GONE}
 */
public record Letter(
    DeadLetter failure, int attempt, String sink, Instant since, OriginalRecord original)
    implements Serializable {
  private static final int ID_DIGITS = 16;

  /** Returns the letter of a record that failed for the first time. */
  static Letter first(DeadLetter failure, OriginalRecord original) {
    return new Letter(failure, 1, "", failure.time(), original);
  }

  /**
   * Returns the letter of this one's record after its replay into a sink failed as well. It stays
   * with the step that failed first: that says which sinks lack its rows.
   */
  Letter again(DeadLetter next, String into) {
    String reason =
        next.step().equals(failure.step())
            ? next.reason()
            : "in step '" + next.step() + "', " + next.reason();
    DeadLetter renewed =
        new DeadLetter(
            failure.step(),
            failure.source(),
            failure.epoch(),
            failure.partition(),
            failure.offset(),
            next.code(),
            reason,
            next.time());
    return new Letter(renewed, attempt + 1, into, since, original);
  }

  /** Returns what is the same in all letters of this one's record from this one's step. */
  public String root() {
    return String.join(
        " ",
        failure.step(),
        failure.source(),
        String.valueOf(failure.epoch()),
        String.valueOf(failure.partition()),
        String.valueOf(failure.offset()));
  }

  /** Returns what is the same in all copies of this letter and in no other: a few hex digits. */
  public String id() {
    String identity = root() + " " + attempt + " " + sink;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
