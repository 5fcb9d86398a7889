package dev.backlot.capture.postgres;

import java.util.List;

/** What is said of tables whose key changed. */
public final class TableKeys {
  private TableKeys() {}

  /** Returns why an epoch ends whose key was one and is another now. */
  public static String changed(List<String> before, List<String> now) {
    return "Its key was "
        + String.join(", ", before)
        + " and is "
        + (now.isEmpty() ? "none" : String.join(", ", now))
        + " now.";
  }
}
