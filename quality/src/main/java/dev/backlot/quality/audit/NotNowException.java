package dev.backlot.quality.audit;

import java.time.Duration;

/** Nothing can be told now, and later perhaps it can; the message says why, as a sentence. */
public final class NotNowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public NotNowException(String reason) {
    super(reason);
  }

  /** Waits; a thread that is interrupted gives up. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotNowException("The controller is ending.");
    }
  }

  /** Returns why. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
